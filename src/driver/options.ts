/** What a caller may choose about a voice connection, and the same with every choice made. */
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

/** What a session wants of the call: see the option `e2ee`. */
export type E2eeDemand = 'as-described' | 'required';

/**
 * Every field has a good default; see `DEFAULT_TIMEOUTS` for the deadlines. They are checked at the subscription: the error is
 * then a VoiceOptionsError that names the option, and nothing was sent.
 */
export interface VoiceOptions {
  /**
   * Heartbeats, deadlines, backoff and pacing all run on it. Default `steadyScheduler`, which `TestScheduler.run()` makes virtual, and whose
   * `now()` goes on by itself. One whose `now()` is the wall clock, as that of `asyncScheduler` is, measures wrongly when that is set.
   */
  readonly scheduler?: SchedulerLike;
  /** Where sockets come from. Default `nodeTransports()`. */
  readonly transports?: Transports;
  /**
   * End-to-end encryption. Default `daveyProvider()`; false for none, with which Discord lets a bot into stage channels only, and a
   * self-hosted server anywhere.
   */
  readonly dave?: DaveProvider | false;
  /**
   * Whether audio may pass in the clear. `as-described`, the default: the call is what the voice server describes, and stage channels are
   * plain. `required`: while the call is not end-to-end encrypted, whoever made it so, what plays is held, `e2ee$` and `health$` say
   * `withheld`, and of others nothing is heard but silence; it goes on where it was when the call is encrypted.
   */
  readonly e2ee?: E2eeDemand;
  /** The transport encryption modes allowed, the most wanted first. Default `ENCRYPTION_MODES`. */
  readonly modes?: readonly EncryptionMode[];
  /** The deadline of each stage, in ms. */
  readonly timeouts?: Partial<Deadlines>;
  /**
   * What to do about a fault. `attempt` is 1 for the first, rises with each, and falls while the session is ready. Default
   * `defaultRecovery`; `recoverBy({ … })` is the same with entries of your own. What is no Recovery, and what it throws, ends the session
   * with a VoiceOptionsError.
   */
  readonly recovery?: (fault: VoiceFault, attempt: number) => Recovery;
  /**
   * ms of being ready after which all faults are got over, and recovery's budget is whole again; each third of it makes up for one
   * fault and one try. Default 10 000.
   */
  readonly stableAfter?: number;
  /**
   * ms that the session, and the bot's place in the channel, outlive the last subscription: who subscribes again in that time finds
   * the same session, be it in another channel. For `share()`, a quick `switchMap`, a hot reload. Default 0: unsubscribing leaves at
   * once. Infinity, and more than 24.8 days: until somebody else ends it, or the process does. Anything but a number from 0 on is a
   * VoiceOptionsError. `connectVoice$` only.
   */
  readonly linger?: number;
  /**
   * Where Discord believes the bot to be: `GET /guilds/{guild.id}/voice-states/@me`, as whatever you call REST with gives it; null where it
   * answers 404. Asked now and then, it finds out a voice state that was lost on its way to the bot: a kick, or a move. Default: nobody is
   * asked. `connectVoice$` only.
   *
   * ```ts
   * whereami: () => rest.get(Routes.guildVoiceState(guildId, '@me')).catch((error) => (error.status === 404 ? null : Promise.reject(error)))
   * ```
   */
  readonly whereami?: () => ObservableInput<VoiceStatePayload | null>;
  /** ms between two questions of `whereami`, half of it more or less by chance. Default 300 000, five minutes. `connectVoice$` only. */
  readonly whereamiEvery?: number;
  /**
   * Whether IP discovery must be answered. `optional`: where no answer comes within half of `timeouts.discovery`, the session goes on with
   * an address of nowhere, so that it can play and will never receive: a way round a firewall that lets no UDP in. Default `required`.
   */
  readonly discovery?: 'required' | 'optional';
  /** Random bytes: first RTP sequence and timestamp, backoff jitter, nonces of `xsalsa20_poly1305_suffix`. Default: the operating system's. */
  readonly random?: (bytes: number) => Uint8Array;
  /**
   * Who stands between RTP and RTCP and the wire: each is called when a media session begins, and looks on until it ends. Default none
   * but `senderReports`.
   */
  readonly interceptors?: readonly MediaInterceptor[];
  /**
   * Whether a sender report goes out about every 5 s while something is sent: the round trip of `session.quality$` is measured by it. It
   * tells the server our clock, and how many packets and bytes we sent. Default true.
   */
  readonly senderReports?: boolean;
  /** Is given every {@link LogEvent}. What it throws is reported as RxJS reports what nobody handles, and changes nothing. */
  readonly log?: (event: LogEvent) => void;
  /** The voice gateway version to ask for; the server's Hello may lower it. 9 is undocumented by Discord. Default 8. */
  readonly gatewayVersion?: VoiceGatewayVersion;
}

/** {@link VoiceOptions} with every choice made. */
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
  /** What must not be told, as it becomes known. */
  readonly secrets: Secrets;
}
