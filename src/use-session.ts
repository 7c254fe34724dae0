/** Use a session and leave when done. */
import { dematerialize, from, materialize, Observable, Subject, switchMap, takeUntil, type ObservableInput, type OperatorFunction } from 'rxjs'; // prettier-ignore
import type { VoiceSession } from './driver/session/session.js';

/**
 * Like `switchMap`, but completes, and so leaves the channel, when the projected stream completes.
 *
 * ```
 * session   ---S--------------------      stays until left
 * project      --a--b--|
 * result    -----a--b--|                  and op 4 with a null channel is sent
 * ```
 */
export function useSession<T>(project: (session: VoiceSession) => ObservableInput<T>): OperatorFunction<VoiceSession, T> {
  return (session$) =>
    new Observable((subscriber) => {
      const left$ = new Subject<void>();
      // First of all: what is projected must not see the end of the session, and go on to its next step, when it is itself let go of.
      subscriber.add(() => left$.next());
      // The projected stream's completion travels as a value through the switchMap that would have swallowed it.
      const used$ = session$.pipe(switchMap((session) => from(project(session)).pipe(materialize(), takeUntil(left$))));
      subscriber.add(used$.pipe(dematerialize()).subscribe(subscriber));
    });
}
