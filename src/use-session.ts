/** Use a session and leave when done. */
import { dematerialize, from, materialize, switchMap, type ObservableInput, type OperatorFunction } from 'rxjs';
import type { VoiceSession } from './driver/session.js';

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
  // The projected stream's completion travels as a value through the switchMap that would have swallowed it.
  return (session$) =>
    session$.pipe(
      switchMap((session) => from(project(session)).pipe(materialize())),
      dematerialize(),
    );
}
