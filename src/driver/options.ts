/** What a caller may choose about a voice connection, and what is chosen when he does not. */
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { randomBytes } from '../crypto/random.js';
import type { Log, LogEntry, LogEvent } from '../log.js';
import { ENCRYPTION_MODES, type EncryptionMode } from '../protocol/encryption-modes.js';
import { LATEST_GATEWAY_VERSION, type VoiceGatewayVersion } from '../protocol/opcodes.js';
import { Secrets } from '../protocol/secrets.js';
import type { Snowflake } from '../types.js';
import { checkedBytes, checkOptions } from './check-options.js';
import { deadlines, type Deadlines } from './deadlines.js';
import type { DaveProvider, Transports } from './ports.js';
import { checkedRecovery } from './recovery/check-recovery.js';
import { defaultRecovery, STABLE_MS, type Recovery, type VoiceFault } from './recovery/recovery.js';

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
   * once. `connectVoice$` only.
   */
  readonly linger?: number;
  /** Random bytes: first RTP sequence and timestamp, backoff jitter, nonces of `xsalsa20_poly1305_suffix`. Default: the operating system's. */
  readonly random?: (bytes: number) => Uint8Array;
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
  readonly logFor: (guildId: Snowflake | null) => Log;
  /** What must not be told, as it becomes known. */
  readonly secrets: Secrets;
}

/** What the driver itself does not know: it opens no sockets of its own, and knows no MLS library. */
export interface OutsideDefaults {
  readonly transports: () => Transports;
  readonly dave: () => DaveProvider;
}

/** @throws VoiceOptionsError for options that are not what they must be; at the subscription, where it is an error notification */
export function resolveOptions(options: VoiceOptions, defaults: OutsideDefaults): ResolvedOptions {
  checkOptions(options);
  const { scheduler = asyncScheduler, recovery, random, log } = options;
  const secrets = new Secrets();
  return {
    scheduler,
    transports: options.transports ?? defaults.transports(),
    dave: options.dave ?? defaults.dave(),
    modes: options.modes ?? ENCRYPTION_MODES,
    timeouts: deadlines(options.timeouts),
    recovery: recovery === undefined ? defaultRecovery : (fault, attempt) => checkedRecovery(recovery(fault, attempt), fault),
    stableAfter: options.stableAfter ?? STABLE_MS,
    random: random === undefined ? randomBytes : (bytes) => checkedBytes(random(bytes), bytes),
    gatewayVersion: options.gatewayVersion ?? LATEST_GATEWAY_VERSION,
    logFor: (guildId) =>
      log === undefined ? () => undefined : (entry) => log({ ...redacted(entry, secrets), at: scheduler.now(), guildId } as LogEvent),
    secrets,
  };
}

/** Why something was ignored may be in the words of a DAVE provider. All else that is logged is numbers, and words of ours. */
function redacted(entry: LogEntry, secrets: Secrets): LogEntry {
  return entry.type === 'ignored' ? { ...entry, reason: secrets.redact(entry.reason) } : entry;
}
