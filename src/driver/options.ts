/** What a caller may choose about a voice connection, and the same with every choice made. */
import type { SchedulerLike } from 'rxjs';
import type { Recovery, VoiceFault } from '../fault.js';
import type { Log, LogEvent } from '../log.js';
import type { MediaInterceptor } from '../media/interceptor.js';
import type { EncryptionMode } from '../protocol/encryption-modes.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';
import type { Secrets } from '../protocol/secrets.js';
import type { Snowflake } from '../types.js';
import type { DaveProvider } from './dave/provider.js';
import type { Deadlines } from './deadlines.js';
import type { Transports } from './ports.js';

/**
 * Every field has a good default; see `DEFAULT_TIMEOUTS` for the deadlines. They are checked at the subscription: the error is
 * then a VoiceOptionsError that names the option, and nothing was sent.
 */
export interface VoiceOptions {
  /** Heartbeats, deadlines, backoff and pacing all run on it. Default `asyncScheduler`, which `TestScheduler.run()` makes virtual. */
  readonly scheduler?: SchedulerLike;
  /** Where sockets come from. Default `nodeTransports()`. */
  readonly transports?: Transports;
  /**
   * End-to-end encryption. Default `daveyProvider()`; false for none, with which Discord lets a bot into stage channels only, and a
   * self-hosted server anywhere.
   */
  readonly dave?: DaveProvider | false;
  /** The transport encryption modes allowed, the most wanted first. Default `ENCRYPTION_MODES`. */
  readonly modes?: readonly EncryptionMode[];
  /** The deadline of each stage, in ms. */
  readonly timeouts?: Partial<Deadlines>;
  /**
   * What to do about a fault. `attempt` is 1 for the first, rises with each, and falls while the session is ready. Default
   * `defaultRecovery`; `recoverBy({ … })` is the same with entries of your own. What is no Recovery ends the session with a
   * VoiceOptionsError.
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
  /** Random bytes: first RTP sequence and timestamp, backoff jitter, nonces of `xsalsa20_poly1305_suffix`. Default: the operating system's. */
  readonly random?: (bytes: number) => Uint8Array;
  /**
   * Who stands between RTP and RTCP and the wire: each is called when a media session begins, and looks on until it ends. Default none,
   * which costs nothing.
   */
  readonly interceptors?: readonly MediaInterceptor[];
  /** Is given every {@link LogEvent}. What it throws is not caught. */
  readonly log?: (event: LogEvent) => void;
  /** The voice gateway version to ask for; the server's Hello may lower it. Default 8. */
  readonly gatewayVersion?: VoiceGatewayVersion;
}

/** {@link VoiceOptions} with every choice made. */
export interface ResolvedOptions {
  readonly scheduler: SchedulerLike;
  readonly transports: Transports;
  readonly dave: DaveProvider | false;
  readonly modes: readonly EncryptionMode[];
  readonly timeouts: Deadlines;
  readonly recovery: (fault: VoiceFault, attempt: number) => Recovery;
  readonly stableAfter: number;
  readonly random: (bytes: number) => Uint8Array;
  readonly gatewayVersion: VoiceGatewayVersion;
  readonly interceptors: readonly MediaInterceptor[];
  readonly logFor: (guildId: Snowflake | null) => Log;
  /** What must not be told, as it becomes known. */
  readonly secrets: Secrets;
}
