/** Use a session and leave when done. */
import { catchError, dematerialize, EMPTY, filter, from, materialize, Observable, Subject, switchMap, take, takeUntil, tap, throwError, timer, type ObservableInput, type OperatorFunction } from 'rxjs'; // prettier-ignore
import type { VoiceSession } from './driver/session/session.js';
import { SessionEndedError } from './errors.js';

/** After the end of the session, the projected stream has this long (ms) to finish: to close a file, or to play a last sentence. */
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
 * When the session ends, its own streams complete, and so do the streams made from them. If the projected stream uses the session again after that,
 * as a `repeat` does, the result completes without an error. A projected stream that goes on without the session is unsubscribed after 10 s. When the
 * session fails, the result errors with it, so that a `retry` behind `useSession` can join again.
 */
export function useSession<T>(project: (session: VoiceSession) => ObservableInput<T>): OperatorFunction<VoiceSession, T> {
  return (session$) =>
    new Observable((subscriber) => {
      const left$ = new Subject<void>();
      const ended$ = new Subject<void>();
      // This must be the first teardown: if it came later, the projected stream would see the end of the session and go on to its next step while it
      // is being unsubscribed.
      subscriber.add(() => left$.next());
      const used$ = session$.pipe(
        tap({ complete: () => ended$.next() }),
        // Materialized, because switchMap would swallow the completion of the projected stream.
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

/** Whether the session has failed and its error is about to come: a session's own streams end before the session does. */
function hasFailed({ state$ }: VoiceSession): boolean {
  let failed = false;
  state$.pipe(take(1)).subscribe(({ status }) => (failed = status === 'failed'));
  return failed;
}

/** Using a session after somebody else has ended it is not a mistake of the caller: the stream did not know yet. */
function unlessSomebodyEndedIt(error: unknown): Observable<never> {
  const ended = error instanceof SessionEndedError && error.reason !== null && error.reason !== 'left';
  return ended ? EMPTY : throwError(() => error);
}
