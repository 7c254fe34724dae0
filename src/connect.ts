/** The whole flow: from op 4 to a ready session. */
import { defer, finalize, Observable, tap } from 'rxjs';
import { drive$ } from './driver/drive.js';
import { checkConnectOptions } from './driver/check-options.js';
import type { ConnectOptions, VoiceEngine } from './driver/engine.js';
import type { VoiceOptions } from './driver/options.js';
import { redactError } from './driver/recovery/redact-error.js';
import { resolved } from './driver/resolve-options.js';
import type { VoiceSession } from './driver/session/session.js';
import { checkMembership } from './gateway/arguments.js';
import { ChannelMemory } from './gateway/channel-memory.js';
import { heedingCrossedMoves } from './gateway/crossed-moves.js';
import { membership$ } from './gateway/membership.js';
import { withHeldWishes$ } from './gateway/held-wishes.js';
import { occupying } from './gateway/occupancy.js';
import type { GatewayPort } from './gateway/port.js';
import type { VoiceTarget } from './gateway/target.js';
import { whereabouts$ } from './gateway/whereabouts.js';
import { lingering$ } from './linger.js';
import { daveyProvider } from './dave/davey.js';
import { insulated } from './edge.js';
import type { Secrets } from './protocol/secrets.js';
import type { Snowflake, VoiceSignal } from './types.js';
import { defaultTransports } from './net/transports.js';
import { steadyScheduler } from './steady-scheduler.js';

/** How often `whereami` is called by default. */
const WHEREAMI_EVERY_MS = 300_000;

/**
 * Joins a voice channel and stays in it until unsubscribed.
 *
 * Cold: subscribing sends op 4 and joins; unsubscribing leaves, at once and at any stage: it sends op 4 with a null channel, and closes
 * the WebSocket and the UDP socket. Emits one session, when it is first ready. The session survives resumes, new voice servers and
 * moves. Completes when somebody ends the membership (a kick, the end of the call), so `retry` does not fight a moderator.
 *
 * Errors with a VoiceError when the connection cannot be made or kept. Before anything is sent, errors with a VoiceOptionsError if an
 * argument is wrong, and with an AlreadyJoinedError if another subscription has the bot in this guild: each subscription joins, so
 * share one session with `share()`. With the option `linger` the bot stays for a while after the last subscription has ended, and the
 * next subscription takes the session over.
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
 * @param gateway$ the bot's main gateway: it emits payloads and takes op 4, such as `fromDiscordJs(client)`
 * @param ids the guild, the channel, and the bot's own user id
 */
export function connectVoice$(gateway$: GatewayPort, ids: VoiceTarget, options: ConnectOptions = {}): Observable<VoiceSession> {
  const join$ = (target: VoiceTarget): Observable<VoiceSession> =>
    defer(() => {
      const { engine, ...own } = options;
      // The options were already checked on subscription.
      const chosen = resolved(own, { transports: defaultTransports, dave: daveyProvider });
      const { scheduler, timeouts, secrets, random } = chosen;
      const { whereami, whereamiEvery = WHEREAMI_EVERY_MS } = options;
      const log = chosen.logFor(target.guildId);
      const told$ = whereami === undefined ? undefined : whereabouts$(gateway$, target, { ask: whereami, every: whereamiEvery, scheduler, random, log });
      const memory = new ChannelMemory();
      const stay$ = withHeldWishes$(target, memory, (held, life) => {
        const signals$ = membership$(gateway$, held, { timeout: timeouts.signalling, scheduler, secrets, memory, whereabouts$: told$ });
        const heard$ = signals$.pipe(heedingCrossedMoves(gateway$, target, memory, life));
        return engine === undefined ? drive$(heard$, chosen, target.guildId) : elsewhere$(engine, heard$, own, target.guildId, secrets);
      });
      return stay$.pipe(occupying(gateway$, target));
    });
  const session$ = defer(() => {
    checkMembership(gateway$, ids);
    checkConnectOptions(options);
    const { linger = 0, scheduler = steadyScheduler } = options;
    return lingering$(gateway$, ids, linger, scheduler, join$);
  });
  return insulated(session$);
}

/**
 * The session of an engine. An error of the signalling may hold text from outside, which the far side passes on; it is redacted on the way out and
 * back.
 */
function elsewhere$(engine: VoiceEngine, signals$: Observable<VoiceSignal>, options: VoiceOptions, guildId: Snowflake, secrets: Secrets): Observable<VoiceSession> {
  const redacted = { error: (error: unknown) => redactError(error, secrets) };
  return engine.session$(withSecrets$(signals$, secrets).pipe(tap(redacted)), options, guildId).pipe(
    tap(redacted),
    finalize(() => secrets.forget()),
  );
}

/**
 * The signals, together with the secrets, as soon as they are known here. The far side redacts its errors and logs with the secrets it knows, and a
 * voice server may repeat to it a secret that it was never given.
 */
function withSecrets$(signals$: Observable<VoiceSignal>, secrets: Secrets): Observable<VoiceSignal> {
  return new Observable((subscriber) => {
    const tell = (): void => subscriber.next({ secrets: secrets.texts });
    if (secrets.texts.length > 0) tell();
    subscriber.add(secrets.watch(tell));
    subscriber.add(signals$.subscribe(subscriber));
  });
}
