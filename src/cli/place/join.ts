/** From a choice of where to a session that is used: what `play` and `record` have in common. */
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
  /** Ends the joining. Once there is a session, it is for whoever uses that to come to an end. */
  readonly stop$: Observable<unknown>;
}

/**
 * Joins, and leaves when what is made of the session completes. Tells where, how the session stands, and what is made of it.
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
