/** The membership of a channel, as an Observable: subscribing joins by op 4, unsubscribing leaves. */
import { asyncScheduler, NEVER, Observable } from 'rxjs';
import { Secrets } from '../protocol/secrets.js';
import type { VoiceSignal } from '../types.js';
import { ChannelMemory } from './channel-memory.js';
import { Membership } from './membership.js';
import type { GatewayPayload, GatewayPort } from './port.js';
import type { SignallingOptions, VoiceTarget } from './target.js';

export type { SignallingOptions, VoiceTarget } from './target.js';

/**
 * Joins a channel, and emits a `VoiceServer` each time Discord has named both halves of one: the voice state (session id,
 * channel) and the voice server (token, endpoint), in whichever order. Emits `{ endpoint: null }` when the server went away and
 * another is to follow, `{ unanswered: channelId }` when a wish to move was not answered and the bot is where it was,
 * `{ ended: 'kicked' }` when the bot was disconnected, `{ ended: 'gateway-closed' }` when the gateway's stream completes. When the
 * gateway has a new session (READY), the bot is out of the channel without a word of it, and op 4 is sent again. Errors with a
 * VoiceTimeoutError('signalling') when the events do not come, with a VoiceGatewayError when the gateway fails. Unsubscribing sends op 4 with a null channel, unless the bot is out already.
 *
 * ```
 * gateway   ------s---v-----------n-----v--------k     s state, v server, n null endpoint, k kicked
 * op 4      j------------------------------------      j join
 * result    ----------A-----------N-----B--------E
 * ```
 */
export function signalling$(
  gateway$: GatewayPort,
  target: VoiceTarget,
  options: SignallingOptions & { readonly secrets?: Secrets; readonly whereabouts$?: Observable<GatewayPayload> } = {},
): Observable<VoiceSignal> {
  const { timeout = 10_000, scheduler = asyncScheduler, secrets = new Secrets(), whereabouts$ = NEVER } = options;
  // Of all its subscriptions: who joins again goes to where the bot was last told to be.
  const memory = new ChannelMemory();
  return new Observable((subscriber) => new Membership(gateway$, target, { timeout, scheduler, secrets, memory, whereabouts$ }, subscriber).join());
}
