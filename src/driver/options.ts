/** The options of a voice connection, as the caller gives them and with all defaults filled in. */
import type { ObservableInput, SchedulerLike } from 'rxjs';
import type { Recovery, VoiceFault } from '../fault.js';
import type { Log, LogEvent } from '../log.js';
import type { MediaInterceptor } from '../media/interceptor.js';
import type { EncryptionMode } from '../protocol/encryption-modes.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';
import type { Secrets } from '../protocol/secrets.js';
import type { Snowflake, VoiceStatePayload } from '../types.js';
import type { DaveProvider } from './dave/provider.js';
import type { Deadlines } from './deadlines.js';
import type { Transports } from './ports.js';

/** What a session demands of the call: see the option `e2ee`. */
export type E2eeDemand = 'as-described' | 'required';

/**
 * Options of a voice session. Every field has a default; see `DEFAULT_TIMEOUTS` for the deadlines. Options are checked on subscription,
 * before anything is sent: a wrong one is a VoiceOptionsError that names it.
 */
export interface VoiceOptions {
  /**
   * The clock of heartbeats, deadlines, backoff and pacing. Default `steadyScheduler`, which `TestScheduler.run()` makes virtual, and whose
   * `now()` is monotonic. A scheduler whose `now()` is the wall clock, such as `asyncScheduler`, measures wrongly when the clock is set.
   */
  readonly scheduler?: SchedulerLike;
  /** Where sockets come from. Default `nodeTransports()`. */
  readonly transports?: Transports;
  /**
   * End-to-end encryption. Default `daveyProvider()`. `false` turns it off: Discord then admits the bot to stage channels only, a
   * self-hosted server to all channels.
   */
  readonly dave?: DaveProvider | false;
  /**
   * Whether audio may be sent without end-to-end encryption. `as-described`, the default: the voice server decides, and stage channels are not
   * encrypted. `required`: while the call is not end-to-end encrypted, for whatever reason, what plays is held, `e2ee$` and `health$` say `withheld`,
   * and only silence is received from others. When the call is encrypted, what plays goes on where it was.
   */
  readonly e2ee?: E2eeDemand;
  /** The allowed transport encryption modes, in order of preference. Default `ENCRYPTION_MODES`. */
  readonly modes?: readonly EncryptionMode[];
  /** The deadline of each stage, in ms. */
  readonly timeouts?: Partial<Deadlines>;
  /**
   * Decides what is done about a fault. `attempt` is 1 for the first fault, rises with each fault, and falls while the session is ready. Default
   * `defaultRecovery`; `recoverBy({ … })` is the same with your own entries. If it throws, or returns something other than a Recovery, the session
   * ends with a VoiceOptionsError.
   */
  readonly recovery?: (fault: VoiceFault, attempt: number) => Recovery;
  /**
   * ms of being ready after which recovery has all its tries again; each third of that time gives one fault and one try back.
   * Default 10 000.
   */
  readonly stableAfter?: number;
  /**
   * How long, in ms, the session and the bot stay in the channel after the last subscription has ended. A subscription in that time gets
   * the same session, even for another channel of the guild. For `share()`, a quick `switchMap`, a hot reload. Default 0: unsubscribing leaves at
   * once. With Infinity, or more than 24.8 days, they stay until somebody else, or the end of the process, ends it. Anything but a number of
   * 0 or more is a VoiceOptionsError. `connectVoice$` only.
   */
  readonly linger?: number;
  /**
   * Asks Discord where the bot is: the result of `GET /guilds/{guild.id}/voice-states/@me`, from your REST client; null for an answer of 404. It is
   * called every `whereamiEvery` ms, and so finds a kick or a move whose voice state never reached the bot. Default: never called. `connectVoice$`
   * only.
   *
   * ```ts
   * whereami: () => rest.get(Routes.guildVoiceState(guildId, '@me')).catch((error) => (error.status === 404 ? null : Promise.reject(error)))
   * ```
   */
  readonly whereami?: () => ObservableInput<VoiceStatePayload | null>;
  /** ms between two calls of `whereami`, at random up to half of it more or less. Default 300 000, five minutes. `connectVoice$` only. */
  readonly whereamiEvery?: number;
  /**
   * Whether IP discovery must be answered. `optional`: if no answer comes within half of `timeouts.discovery`, the session goes on with
   * a dummy address. It can then play, but never receive: a workaround for a firewall that blocks incoming UDP. Default `required`.
   */
  readonly discovery?: 'required' | 'optional';
  /** Random bytes: first RTP sequence and timestamp, backoff jitter, nonces of `xsalsa20_poly1305_suffix`. Default: the operating system's. */
  readonly random?: (bytes: number) => Uint8Array;
  /**
   * Observers of RTP and RTCP: each is called when a media session begins, and observes until it ends. Default: only those of
   * `senderReports`.
   */
  readonly interceptors?: readonly MediaInterceptor[];
  /**
   * Whether to send an RTCP sender report about every 5 s while something is sent: `session.quality$` measures its round trip with it. It
   * tells the server our clock, and how many packets and bytes we sent. Default true.
   */
  readonly senderReports?: boolean;
  /** Called with every {@link LogEvent}. What it throws is reported as RxJS reports unhandled errors, and changes nothing. */
  readonly log?: (event: LogEvent) => void;
  /** The voice gateway version to request; the server's Hello may lower it. Discord does not document 9. Default 8. */
  readonly gatewayVersion?: VoiceGatewayVersion;
}

/** {@link VoiceOptions} with all defaults filled in. */
export interface ResolvedOptions {
  readonly scheduler: SchedulerLike;
  readonly transports: Transports;
  readonly dave: DaveProvider | false;
  readonly e2ee: E2eeDemand;
  readonly modes: readonly EncryptionMode[];
  readonly timeouts: Deadlines;
  readonly recovery: (fault: VoiceFault, attempt: number) => Recovery;
  readonly stableAfter: number;
  readonly discovery: 'required' | 'optional';
  readonly random: (bytes: number) => Uint8Array;
  readonly gatewayVersion: VoiceGatewayVersion;
  readonly interceptors: readonly MediaInterceptor[];
  readonly senderReports: boolean;
  readonly logFor: (guildId: Snowflake | null) => Log;
  /** Texts that must not appear in errors or logs, added as they become known. */
  readonly secrets: Secrets;
}
