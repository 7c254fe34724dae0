/** What a caller may choose about a voice connection, and what is chosen when he does not. */
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { randomBytes } from '../crypto/random.js';
import type { Log, LogEntry, LogEvent } from '../log.js';
import type { MediaInterceptor } from '../media/interceptor.js';
import { ENCRYPTION_MODES, type EncryptionMode } from '../protocol/encryption-modes.js';
import { LATEST_GATEWAY_VERSION, type VoiceGatewayVersion } from '../protocol/opcodes.js';
import { Secrets } from '../protocol/secrets.js';
import type { ConnectStage, Snowflake } from '../types.js';
import type { DaveProvider } from './dave/provider.js';
import type { Transports } from './ports.js';
import type { Recovery, VoiceFault } from '../fault.js';
import { defaultRecovery, STABLE_MS } from './recovery/recovery.js';

/** Every field has a good default; see {@link DEFAULT_TIMEOUTS} for the deadlines. */
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
  readonly timeouts?: Partial<Record<ConnectStage | 'signalling', number>>;
  /**
   * What to do about a fault. `attempt` is 1 for the first, rises with each, and falls while the session is ready. Default
   * `defaultRecovery`; `recoverBy({ … })` is the same with entries of your own.
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

/** The deadlines, in ms. `discovery` covers all its resends. */
export const DEFAULT_TIMEOUTS: Readonly<Record<ConnectStage | 'signalling', number>> = {
  signalling: 10_000,
  socket: 10_000,
  hello: 5_000,
  ready: 5_000,
  discovery: 6_000,
  description: 5_000,
  dave: 10_000,
};

/** {@link VoiceOptions} with every choice made. */
export interface ResolvedOptions {
  readonly scheduler: SchedulerLike;
  readonly transports: Transports;
  readonly dave: DaveProvider | false;
  readonly modes: readonly EncryptionMode[];
  readonly timeouts: Readonly<Record<ConnectStage | 'signalling', number>>;
  readonly recovery: (fault: VoiceFault, attempt: number) => Recovery;
  readonly stableAfter: number;
  readonly random: (bytes: number) => Uint8Array;
  readonly gatewayVersion: VoiceGatewayVersion;
  readonly interceptors: readonly MediaInterceptor[];
  readonly logFor: (guildId: Snowflake | null) => Log;
  /** What must not be told, as it becomes known. */
  readonly secrets: Secrets;
}

/** A timer cannot wait longer, 24.8 days: asked for more, and for Infinity, it would fire at once. */
const MAX_DEADLINE = 2 ** 31 - 1;

function deadlines(chosen: VoiceOptions['timeouts']): ResolvedOptions['timeouts'] {
  const timeouts: Record<ConnectStage | 'signalling', number> = { ...DEFAULT_TIMEOUTS, ...chosen };
  for (const stage of Object.keys(DEFAULT_TIMEOUTS) as (keyof typeof timeouts)[]) {
    timeouts[stage] = Math.min(timeouts[stage] ?? DEFAULT_TIMEOUTS[stage], MAX_DEADLINE);
  }
  return timeouts;
}

/** What the driver itself does not know: it opens no sockets of its own, and knows no MLS library. */
export interface OutsideDefaults {
  readonly transports: () => Transports;
  readonly dave: () => DaveProvider;
}

export function resolveOptions(options: VoiceOptions, defaults: OutsideDefaults): ResolvedOptions {
  const { scheduler = asyncScheduler, log } = options;
  const secrets = new Secrets();
  return {
    scheduler,
    transports: options.transports ?? defaults.transports(),
    dave: options.dave ?? defaults.dave(),
    modes: options.modes ?? ENCRYPTION_MODES,
    timeouts: deadlines(options.timeouts),
    recovery: options.recovery ?? defaultRecovery,
    stableAfter: options.stableAfter ?? STABLE_MS,
    random: options.random ?? randomBytes,
    gatewayVersion: options.gatewayVersion ?? LATEST_GATEWAY_VERSION,
    interceptors: options.interceptors ?? [],
    logFor: (guildId) =>
      log === undefined ? () => undefined : (entry) => log({ ...redacted(entry, secrets), at: scheduler.now(), guildId } as LogEvent),
    secrets,
  };
}

/** Why something was ignored may be in the words of a DAVE provider. All else that is logged is numbers, and words of ours. */
function redacted(entry: LogEntry, secrets: Secrets): LogEntry {
  return entry.type === 'ignored' ? { ...entry, reason: secrets.redact(entry.reason) } : entry;
}
