/** The whole flow: from op 4 to a ready session. */
import { asyncScheduler, defer, type Observable } from 'rxjs';
import { checkOptions } from './driver/check-options.js';
import { drive$ } from './driver/drive.js';
import type { VoiceOptions } from './driver/options.js';
import { resolveOptions } from './driver/resolve-options.js';
import type { VoiceSession } from './driver/session/session.js';
import { checkMembership } from './gateway/arguments.js';
import { ChannelMemory } from './gateway/channel-memory.js';
import { membership$ } from './gateway/membership.js';
import { occupying } from './gateway/occupancy.js';
import type { GatewayPort } from './gateway/port.js';
import type { VoiceTarget } from './gateway/target.js';
import { lingering$ } from './linger.js';
import { daveyProvider } from './dave/davey.js';
import { nodeTransports } from './net/transports.js';

/**
 * Joins a voice channel and stays in it until unsubscribed.
 *
 * Cold: subscribing sends op 4, unsubscribing leaves, at once and at any stage: op 4 with a null channel, then the WebSocket and
 * the UDP socket are closed. Emits one session, when it is first ready; the session survives resumes, new voice servers and
 * moves. Completes when somebody ends the membership (a kick, the end of the call), so `retry` does not fight a moderator.
 * Errors with a VoiceError when the connection cannot be made or kept; before anything is sent with a VoiceOptionsError where an
 * argument is none, and with an AlreadyJoinedError where the bot is in this guild by another subscription: each subscription joins
 * anew, so share one session by `share()`. With the option `linger` it is left a while after the last subscription is gone, and who
 * subscribes meanwhile takes it over.
 *
 * `take(1)`, `first()` and `firstValueFrom()` unsubscribe, and so leave, as soon as the session is emitted: use `useSession`
 * or `switchMap`.
 *
 * ```
 * gateway   ---sv----------------------k      s VOICE_STATE_UPDATE, v VOICE_SERVER_UPDATE, k kicked
 * op 4      j----------------------------
 * session   ---------S-----------------|
 * ```
 *
 * @param gateway$ the bot's main gateway: payloads out, op 4 in
 * @param ids which channel of which guild, as whom
 */
export function connectVoice$(gateway$: GatewayPort, ids: VoiceTarget, options: VoiceOptions = {}): Observable<VoiceSession> {
  const join$ = (target: VoiceTarget): Observable<VoiceSession> =>
    defer(() => {
      const resolved = resolveOptions(options, { transports: nodeTransports, dave: daveyProvider });
      const { scheduler, timeouts, secrets } = resolved;
      const signals$ = membership$(gateway$, target, { scheduler, timeout: timeouts.signalling, secrets, memory: new ChannelMemory() });
      return drive$(signals$, resolved, target.guildId).pipe(occupying(gateway$, target));
    });
  return defer(() => {
    checkMembership(gateway$, ids);
    checkOptions(options);
    const { linger = 0, scheduler = asyncScheduler } = options;
    return lingering$(gateway$, ids, linger, scheduler, join$);
  });
}
