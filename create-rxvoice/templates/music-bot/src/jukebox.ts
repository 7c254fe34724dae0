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
  retry,
  startWith,
  Subject,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
  throwError,
  using,
  type Observable,
} from 'rxjs';
import { useSession, voiceRetry, type FrameInput, type VoiceSession } from 'rxvoice';
import { startAt } from 'rxvoice/audio';

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
 * `stop`, and when it has been alone for a while. After that the next `play` joins again. When the connection fails for good, it joins again
 * where that can help, and the song goes on where it was.
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
        const queue: Queue = { songs$: new ReplaySubject<Song>(), waiting: new Set() };
        const queued = () =>
          merge(of(first), plays$).subscribe(({ song: name }) => {
            const song = { name, heard: 0 };
            queue.waiting.add(song);
            queue.songs$.next(song);
          });
        return using(queued, () =>
          join(first.channelId).pipe(
            useSession((session) => evening(session, queue, of$('skip'), open).pipe(takeUntil(alone$(session)))),
            // Behind the use of the session: one that fails takes what was made of it along, and the list is not the session's.
            retry(voiceRetry({ onRetry: ({ message }) => console.warn(message) })),
            takeUntil(of$('stop')),
            catchError((error: Error) => of(`cannot play here: ${error.message}`)),
            endWith('left'),
          ),
        );
      }),
    );
  };

interface Song {
  readonly name: string;
  /** How much of it was played, in ms. */
  heard: number;
}

/** What was asked for, and which of that has not come to its end. */
interface Queue {
  readonly songs$: ReplaySubject<Song>;
  readonly waiting: Set<Song>;
}

/** All songs of a session: over when one has ended and nothing waits. */
function evening(session: VoiceSession, queue: Queue, skip$: Observable<unknown>, open: Surroundings['open']): Observable<string> {
  const over$ = new Subject<void>();
  return queue.songs$.pipe(
    filter((song) => queue.waiting.has(song)),
    concatMap((song) =>
      one(session, song, skip$, open).pipe(
        tap({
          complete: () => {
            queue.waiting.delete(song);
            if (queue.waiting.size === 0) over$.next();
          },
        }),
      ),
    ),
    takeUntil(over$),
  );
}

/** A song, to its end or until it is skipped. */
function one(session: VoiceSession, song: Song, skip$: Observable<unknown>, open: Surroundings['open']): Observable<string> {
  const { name } = song;
  // A station has no place to go back to: it would be played from where it is, without startAt.
  const frames = () => startAt(song.heard)(open(name));
  // Deferred: what throws while it opens is the song's failure, and not that of the evening.
  const played$ = defer(() => session.play(frames(), { onEnd: ({ heard }) => (song.heard += heard) })).pipe(
    ignoreElements(),
    endWith(`finished ${name}`),
    catchError((error: Error) =>
      session.state$.pipe(
        take(1),
        // With the session everything fails that is played on it: no fault of the song's.
        switchMap(({ status }) => (status === 'failed' ? throwError(() => error) : of(`cannot play ${name}: ${error.message}`))),
      ),
    ),
  );
  const skipped$ = skip$.pipe(map(() => `skipped ${name}`));
  return merge(played$, skipped$).pipe(take(1), startWith(`playing ${name}`));
}

/** Emits when nobody else has been there for a while. */
function alone$(session: VoiceSession): Observable<unknown> {
  return session.members$.pipe(switchMap(({ size }) => (size === 0 ? timer(LONELY_MS) : EMPTY)));
}
