/** The membership of a channel, as an Observable: subscribing joins by op 4, unsubscribing leaves. */
import { defer, type Observable } from 'rxjs';
import { fields, type Check } from '../checks/check.js';
import { SCHEDULER } from '../checks/common.js';
import { insulated } from '../edge.js';
import { Secrets } from '../protocol/secrets.js';
import type { VoiceSignal } from '../types.js';
import { checkDeadline, checkMembership, MAX_TIMER_MS } from './arguments.js';
import { ChannelMemory } from './channel-memory.js';
import { membership$ } from './membership.js';
import { occupying } from './occupancy.js';
import type { GatewayPort } from './port.js';
import type { SignallingOptions, VoiceTarget } from './target.js';
import { steadyScheduler } from '../steady-scheduler.js';

export type { SignallingOptions, VoiceTarget } from './target.js';

const checkOptions = fields({ timeout: checkDeadline, scheduler: SCHEDULER } satisfies Readonly<Record<keyof SignallingOptions, Check>>);

/**
 * Joins a channel, and emits a `VoiceServer` each time Discord has named both halves of one: the voice state (session id, channel) and the voice
 * server (token, endpoint), in either order. Emits `{ endpoint: null }` when the server went away and another will follow,
 * `{ unanswered: channelId }` when a requested move was not answered and the bot is where it was, `{ ended: 'kicked' }` when the bot was
 * disconnected, `{ ended: 'gateway-closed' }` when the gateway's stream completes. When the gateway has a new session (READY), the bot is out of the
 * channel without an event, and op 4 is sent again. A change of the target is sent at once, changes within the same tick together, and no more than
 * 65 op 4 a minute.
 *
 * Errors with a VoiceTimeoutError('signalling') when the events do not come, and with a VoiceGatewayError when the gateway fails. Before anything is
 * sent, errors with a VoiceOptionsError if an argument is invalid, and with an AlreadyJoinedError if another subscription has the bot in this guild.
 * Unsubscribing sends op 4 with a null channel, unless the bot is already out.
 *
 * ```
 * gateway   ------s---v-----------n-----v--------k     s state, v server, n null endpoint, k kicked
 * op 4      j------------------------------------      j join
 * result    ----------A-----------N-----B--------E
 * ```
 */
export function signalling$(gateway$: GatewayPort, target: VoiceTarget, options: SignallingOptions = {}): Observable<VoiceSignal> {
  // Shared by all subscriptions: joining again goes to the channel where the bot was last moved.
  const memory = new ChannelMemory();
  const signal$ = defer(() => {
    checkMembership(gateway$, target);
    checkOptions('', options);
    const { timeout = 10_000, scheduler = steadyScheduler } = options;
    const ms = Math.min(timeout, MAX_TIMER_MS);
    return membership$(gateway$, target, { timeout: ms, scheduler, secrets: new Secrets(), memory, whereabouts$: undefined }).pipe(occupying(gateway$, target));
  });
  return insulated(signal$);
}
