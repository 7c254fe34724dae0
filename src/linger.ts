/** A membership that outlives its last subscription for a while, so that the next subscription can take it over. */
import { BehaviorSubject, defer, isObservable, NEVER, of, ReplaySubject, share, switchMap, tap, timer, type Observable, type SchedulerLike } from 'rxjs'; // prettier-ignore
import type { VoiceSession } from './driver/session/session.js';
import { MAX_TIMER_MS } from './gateway/arguments.js';
import { GuildTable } from './gateway/guild-table.js';
import type { GatewayPort } from './gateway/port.js';
import type { VoiceTarget } from './gateway/target.js';

interface LingeringMembership {
  /** The target requested by the latest subscriber. */
  readonly target$: BehaviorSubject<VoiceTarget>;
  readonly session$: Observable<VoiceSession>;
}

const memberships = new GuildTable<LingeringMembership>();

/**
 * The one session of a bot in a guild. All subscribers share it, and it lives for `ms` after the last of them has unsubscribed. With Infinity, or
 * more than a timer can wait, it lives until somebody else ends it. A subscriber that comes while it lives gets it at once, and moves it to the
 * channel it asked for; the other options of that subscriber, also a `linger` of 0, are ignored. If no session lives, `ms` 0 creates one that is not
 * shared.
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
    const present = memberships.get(gateway$, ids);
    if (present !== undefined) {
      present.target$.next(ids);
      return present.session$;
    }
    if (ms === 0) return connect(ids);
    const target$ = new BehaviorSubject(ids);
    // Deleted before subscribers are told of the end, so that one who joins again in response gets a new membership.
    const forget = (): void => memberships.delete(gateway$, ids);
    const session$ = connect(steered(target$)).pipe(
      tap({ error: forget, complete: forget, unsubscribe: forget }),
      share({ connector: () => new ReplaySubject(1), resetOnRefCountZero: () => (ms > MAX_TIMER_MS ? NEVER : timer(ms, scheduler)) }),
    );
    memberships.set(gateway$, ids, { target$, session$ });
    return session$;
  });
}

/**
 * A target that always follows the latest request. Each new subscriber requests its channel again, even if it is the same: a moderator may have moved
 * the bot.
 */
function steered(target$: BehaviorSubject<VoiceTarget>): VoiceTarget {
  const { guildId, userId } = target$.value;
  const latest = <T>(pick: (target: VoiceTarget) => T | Observable<T>): Observable<T> =>
    target$.pipe(
      switchMap((target) => {
        const wish = pick(target);
        return isObservable(wish) ? wish : of(wish);
      }),
    );
  return {
    guildId,
    userId,
    channelId: latest((target) => target.channelId),
    selfMute: latest(({ selfMute = false }) => selfMute),
    selfDeaf: latest(({ selfDeaf = false }) => selfDeaf),
  };
}
