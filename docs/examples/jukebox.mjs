// A playlist with skip: the bot's own logic, without a connection. docs/examples/playlist.mjs plays it, docs/examples/marble-test.mjs tests it.
import { catchError, concat, concatMap, filter, last, map, of, takeUntil } from 'rxjs';

/**
 * Plays one song after the other; each starts when the previous one has ended, or was skipped.
 *
 * ```
 * songs     (abc|)
 * skip      -----------x---------
 * told      a-----Ab---Bc-----C|      a: playing a; A: finished; B: skipped
 * ```
 * A song is `{ title, frames }`. `frames` is a function: a file is opened when it is played, and not when it is asked for. A song
 * that cannot be played is reported, and does not end the list; the end of the session does.
 */
export const jukebox = (session, songs$, skip$) =>
  songs$.pipe(
    concatMap(({ title, frames }) =>
      concat(
        of(`playing ${title}`),
        session.play(frames()).pipe(
          takeUntil(skip$),
          last(null, { type: 'skipped' }),
          map(({ type }) => (type === 'finished' ? `finished ${title}` : `skipped ${title}`)),
          catchError((error) => of(`failed ${title}: ${error.message}`)),
        ),
      ),
    ),
    takeUntil(session.state$.pipe(filter(({ status }) => status === 'ended' || status === 'failed'))), // or the next song would be tried
  );
