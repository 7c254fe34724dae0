/** From the chosen place to a session: the common part of `play` and `record`. */
import { concat, defer, filter, of, Subject, takeUntil, type Observable } from 'rxjs';
import { connectVoice$, useSession, type VoiceSession } from '../../index.js';
import { alongside } from './alongside.js';
import type { PlaceChoice } from './choice.js';
import { healthFacts$, placeFact, type PlaceFact } from './place-facts.js';
import { place$, type PlaceOptions } from './place.js';
import { use } from './use.js';

export interface JoinOptions {
  readonly choice: PlaceChoice;
  readonly guest: PlaceOptions['guest'];
  readonly selfMute?: boolean;
  /** Stops the joining. As soon as there is a session, `project` must end itself. */
  readonly stop$: Observable<unknown>;
}

/**
 * Joins, and leaves when the projected stream completes. Emits the place, the session's health, and the projected stream.
 *
 * ```
 * session    ----S---------
 * project        -a-b-|
 * result     p---ha-b-|        p place, h health
 * ```
 */
export function join$<T>(options: JoinOptions, project: (session: VoiceSession) => Observable<T>): Observable<PlaceFact | T> {
  const { choice, guest, selfMute = false, stop$ } = options;
  return defer(() => {
    let joined = false;
    const lost$ = new Subject<PlaceFact>();
    const joined$ = place$(choice, { guest, onLost: (lost) => lost$.next({ type: 'gateway-lost', ...lost }) }).pipe(
      use((place): Observable<PlaceFact | T> => {
        const { gateway, guildId, channelId, userId } = place;
        const used$ = connectVoice$(gateway, { guildId, channelId, userId, selfMute }).pipe(
          useSession((session) => {
            joined = true;
            return project(session).pipe(alongside<PlaceFact | T>(healthFacts$(session)));
          }),
        );
        return concat(of(placeFact(place)), used$);
      }),
      takeUntil(stop$.pipe(filter(() => !joined))),
    );
    return joined$.pipe(alongside<PlaceFact | T>(lost$));
  });
}
