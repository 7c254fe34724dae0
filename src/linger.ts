/** A membership that outlives its last subscription for a while, to be taken over by the next one. */
import { BehaviorSubject, defer, distinctUntilChanged, isObservable, of, ReplaySubject, share, switchMap, tap, timer, type Observable, type SchedulerLike } from 'rxjs'; // prettier-ignore
import type { VoiceSession } from './driver/session/session.js';
import type { GatewayPort } from './gateway/port.js';
import type { VoiceTarget } from './gateway/signalling.js';

interface LingeringMembership {
  /** The wish of who subscribed last. */
  readonly target$: BehaviorSubject<VoiceTarget>;
  readonly session$: Observable<VoiceSession>;
}

/** By port, then by guild and user: a bot is in one channel of a guild at a time. */
const memberships = new WeakMap<GatewayPort, Map<string, LingeringMembership>>();

/**
 * The one session of a bot in a guild, shared by all who subscribe, and for `ms` after the last of them has gone. Who comes while it
 * lives is given it at once, and moves it where he wants it; his other options are not looked at.
 *
 * ```
 * A         ^-------!
 * B         -----------^-------!
 * session   ---S-------S--------------      the same one, moved to B's channel
 * op 4      a----------b-----------x--      x leaves: `ms` after B has gone
 * ```
 *
 * @param connect makes the membership for a target that may change
 */
export function lingering$(
  gateway$: GatewayPort,
  ids: VoiceTarget,
  ms: number,
  scheduler: SchedulerLike,
  connect: (target: VoiceTarget) => Observable<VoiceSession>,
): Observable<VoiceSession> {
  return defer(() => {
    const held = membershipsOf(gateway$);
    const key = `${ids.guildId} ${ids.userId}`;
    const present = held.get(key);
    if (present !== undefined) {
      present.target$.next(ids);
      return present.session$;
    }
    const target$ = new BehaviorSubject(ids);
    // Forgotten before anybody hears of the end: who joins again upon it joins anew.
    const forget = (): void => void held.delete(key);
    const session$ = connect(steered(target$)).pipe(
      tap({ error: forget, complete: forget, unsubscribe: forget }),
      share({ connector: () => new ReplaySubject(1), resetOnRefCountZero: () => timer(ms, scheduler) }),
    );
    held.set(key, { target$, session$ });
    return session$;
  });
}

/** A target that is always the latest wish. */
function steered(target$: BehaviorSubject<VoiceTarget>): VoiceTarget {
  const { guildId, userId } = target$.value;
  const latest = <T>(pick: (target: VoiceTarget) => T | Observable<T>): Observable<T> =>
    target$.pipe(
      switchMap((target) => {
        const wish = pick(target);
        return isObservable(wish) ? wish : of(wish);
      }),
      distinctUntilChanged(),
    );
  return {
    guildId,
    userId,
    channelId: latest((target) => target.channelId),
    selfMute: latest(({ selfMute = false }) => selfMute),
    selfDeaf: latest(({ selfDeaf = false }) => selfDeaf),
  };
}

function membershipsOf(gateway$: GatewayPort): Map<string, LingeringMembership> {
  let held = memberships.get(gateway$);
  if (held === undefined) memberships.set(gateway$, (held = new Map()));
  return held;
}
