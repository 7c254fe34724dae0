/** What the music bot does, without Discord: commands in, what happens out. */
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  endWith,
  exhaustMap,
  filter,
  ignoreElements,
  map,
  merge,
  of,
  ReplaySubject,
  startWith,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
  using,
  type Observable,
} from 'rxjs';
import { useSession, type FrameInput, type VoiceSession } from 'rxvoice';

export type JukeboxCommand =
  | { readonly type: 'play'; readonly channelId: string; readonly song: string }
  | { readonly type: 'skip' }
  | { readonly type: 'stop' };

export interface Surroundings {
  /** Joins a channel: `connectVoice$` with all but the channel. */
  readonly join: (channelId: string) => Observable<VoiceSession>;
  /** Opens a song. It is called when it is the song's turn. */
  readonly open: (song: string) => FrameInput;
}

/** So long (ms) the bot stays in a channel that nobody else is in. */
export const LONELY_MS = 30_000;

/**
 * The jukebox of one guild. The first `play` joins; songs are played one after the other, without a gap; it leaves when the last is over, at
 * `stop`, and when it has been alone for a while. After that the next `play` joins again.
 *
 * ```
 * commands   p-p-----s--------------    play, play, skip
 * told       ---P----(SP)------(FL)-    playing, skipped, playing, finished, left
 * ```
 */
export const jukebox =
  ({ join, open }: Surroundings) =>
  (commands$: Observable<JukeboxCommand>): Observable<string> => {
    const plays$ = commands$.pipe(filter((command) => command.type === 'play'));
    const of$ = (type: 'skip' | 'stop') => commands$.pipe(filter((command) => command.type === type));
    return plays$.pipe(
      exhaustMap((first) => {
        // What is asked for while the bot joins and plays waits in here.
        const queue = { songs$: new ReplaySubject<string>(), left: 0 };
        const queued = () =>
          merge(of(first), plays$).subscribe(({ song }) => {
            queue.left += 1;
            queue.songs$.next(song);
          });
        return using(queued, () =>
          join(first.channelId).pipe(
            useSession((session) => evening(session, queue, of$('skip'), open).pipe(takeUntil(merge(of$('stop'), alone$(session))))),
            catchError((error: Error) => of(`cannot play here: ${error.message}`)),
            endWith('left'),
          ),
        );
      }),
    );
  };

/** What is to be played, and how many of that have not come to their end. */
interface Queue {
  readonly songs$: Observable<string>;
  left: number;
}

/** All songs of a visit: over when one has ended and nothing waits. */
function evening(session: VoiceSession, queue: Queue, skip$: Observable<unknown>, open: Surroundings['open']): Observable<string> {
  const over$ = new Subject<void>();
  return queue.songs$.pipe(
    concatMap((song) =>
      one(session, song, skip$, open).pipe(
        tap({
          complete: () => {
            queue.left -= 1;
            if (queue.left === 0) over$.next();
          },
        }),
      ),
    ),
    takeUntil(over$),
  );
}

/** A song, to its end or until it is skipped. */
function one(session: VoiceSession, song: string, skip$: Observable<unknown>, open: Surroundings['open']): Observable<string> {
  // Deferred: what throws while it opens is the song's failure, and not that of the evening.
  const played$ = defer(() => session.play(open(song))).pipe(
    ignoreElements(),
    endWith(`finished ${song}`),
    catchError((error: Error) => of(`cannot play ${song}: ${error.message}`)),
  );
  const skipped$ = skip$.pipe(map(() => `skipped ${song}`));
  return merge(played$, skipped$).pipe(take(1), startWith(`playing ${song}`));
}

/** Emits when nobody else has been there for a while. */
function alone$(session: VoiceSession): Observable<unknown> {
  return session.members$.pipe(switchMap(({ size }) => (size === 0 ? timer(LONELY_MS) : EMPTY)));
}
