/** A membership that outlives its last subscription for a while, to be taken over by the next one. */
import { BehaviorSubject, defer, isObservable, NEVER, of, ReplaySubject, share, switchMap, tap, timer, type Observable, type SchedulerLike } from 'rxjs'; // prettier-ignore
import type { VoiceSession } from './driver/session/session.js';
import { MAX_TIMER_MS } from './gateway/arguments.js';
import { GuildTable } from './gateway/guild-table.js';
import type { GatewayPort } from './gateway/port.js';
import type { VoiceTarget } from './gateway/target.js';

interface LingeringMembership {
  /** The wish of who subscribed last. */
  readonly target$: BehaviorSubject<VoiceTarget>;
  readonly session$: Observable<VoiceSession>;
}

const memberships = new GuildTable<LingeringMembership>();

/**
 * The one session of a bot in a guild, shared by all who subscribe, and for `ms` after the last of them has gone; Infinity, and what no
 * timer can wait for, is until somebody else ends it. Who comes while it lives is given it at once, and moves it where he wants it; his
 * other options, also a `linger` of 0, are not looked at. Where none lives, 0 makes one that is not shared.
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
    // Forgotten before anybody hears of the end: who joins again upon it joins anew.
    const forget = (): void => memberships.delete(gateway$, ids);
    const session$ = connect(steered(target$)).pipe(
      tap({ error: forget, complete: forget, unsubscribe: forget }),
      share({ connector: () => new ReplaySubject(1), resetOnRefCountZero: () => (ms > MAX_TIMER_MS ? NEVER : timer(ms, scheduler)) }),
    );
    memberships.set(gateway$, ids, { target$, session$ });
    return session$;
  });
}

/** A target that is always the latest wish. Each who comes wishes anew, also for the channel of before: a moderator may have moved the bot. */
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
