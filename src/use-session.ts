/** Use a session and leave when done. */
import { catchError, dematerialize, EMPTY, filter, from, materialize, Observable, Subject, switchMap, take, takeUntil, tap, throwError, timer, type ObservableInput, type OperatorFunction } from 'rxjs'; // prettier-ignore
import type { VoiceSession } from './driver/session/session.js';
import { SessionEndedError } from './errors.js';

/** So long (ms) after the end of the session what was made of it may take to come to its own end: a file to be closed, a last sentence. */
const FINISH_MS = 10_000;

/**
 * Like `switchMap`, but completes, and so leaves the channel, when the projected stream completes. Also completes when somebody ends the
 * session, whatever the projected stream does.
 *
 * ```
 * session   ---S--------------------      ---S-----|            left, and ended by a kick
 * project      --a--b--|                     --a--b--c--…
 * result    -----a--b--|                  -----a--b--c--…|      op 4 with a null channel is sent in the first
 * ```
 *
 * When the session ends, its own streams complete, and so does what is made of them. If the projected stream uses the session again after
 * that, as a `repeat` does, the result completes without an error. A projected stream that goes on without the session is unsubscribed
 * after 10 s. When the session fails, the result errors with it, so that a `retry` behind `useSession` can join again.
 */
export function useSession<T>(project: (session: VoiceSession) => ObservableInput<T>): OperatorFunction<VoiceSession, T> {
  return (session$) =>
    new Observable((subscriber) => {
      const left$ = new Subject<void>();
      const ended$ = new Subject<void>();
      // First of all: what is projected must not see the end of the session, and go on to its next step, when it is itself let go of.
      subscriber.add(() => left$.next());
      const used$ = session$.pipe(
        tap({ complete: () => ended$.next() }),
        // The projected stream's completion travels as a value through the switchMap that would have swallowed it.
        switchMap((session) =>
          from(project(session)).pipe(
            catchError(unlessSomebodyEndedIt),
            materialize(),
            filter(({ kind }) => kind !== 'C' || !hasFailed(session)),
            takeUntil(left$),
          ),
        ),
        takeUntil(ended$.pipe(switchMap(() => timer(FINISH_MS)))),
      );
      subscriber.add(used$.pipe(dematerialize()).subscribe(subscriber));
    });
}

/** Whether its error is on the way: a session's own streams end before it does. */
function hasFailed({ state$ }: VoiceSession): boolean {
  let failed = false;
  state$.pipe(take(1)).subscribe(({ status }) => (failed = status === 'failed'));
  return failed;
}

/** To use a session after somebody else has ended it is no mistake: it is a stream that did not know yet. */
function unlessSomebodyEndedIt(error: unknown): Observable<never> {
  const ended = error instanceof SessionEndedError && error.reason !== null && error.reason !== 'left';
  return ended ? EMPTY : throwError(() => error);
}
