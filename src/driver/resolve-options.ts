/** The defaults of options. */
import { guarded } from '../edge.js';
import { randomBytes } from '../crypto/random.js';
import { silent, type LogEntry, type LogEvent } from '../log.js';
import { ENCRYPTION_MODES } from '../protocol/encryption-modes.js';
import { LATEST_GATEWAY_VERSION } from '../protocol/opcodes.js';
import { Secrets } from '../protocol/secrets.js';
import { answerOf, checkedBytes, checkOptions } from './check-options.js';
import type { DaveProvider } from './dave/provider.js';
import { deadlines } from './deadlines.js';
import { insulatedProvider } from './insulated-provider.js';
import { insulatedTransports } from './insulated-transports.js';
import type { ResolvedOptions, VoiceOptions } from './options.js';
import type { Transports } from './ports.js';
import { checkedRecovery } from './recovery/check-recovery.js';
import { defaultRecovery, STABLE_MS } from './recovery/recovery.js';
import { steadyScheduler } from '../steady-scheduler.js';

/** The defaults that come from outside the driver: it opens no sockets of its own, and knows no MLS library. */
export interface OutsideDefaults {
  readonly transports: () => Transports;
  readonly dave: () => DaveProvider;
}

/** @throws VoiceOptionsError if an option is invalid. This is called on subscription, where the throw becomes an error notification */
export function resolveOptions(options: VoiceOptions, defaults: OutsideDefaults): ResolvedOptions {
  checkOptions(options);
  return resolved(options, defaults);
}

/** The same for options that were already checked. */
export function resolved(options: VoiceOptions, defaults: OutsideDefaults): ResolvedOptions {
  const { scheduler = steadyScheduler, recovery, random, log } = options;
  const secrets = new Secrets();
  const dave = options.dave ?? defaults.dave();
  return {
    scheduler,
    transports: insulatedTransports(options.transports ?? defaults.transports()),
    dave: dave === false ? false : insulatedProvider(dave),
    e2ee: options.e2ee ?? 'as-described',
    modes: options.modes ?? ENCRYPTION_MODES,
    timeouts: deadlines(options.timeouts),
    recovery:
      recovery === undefined
        ? defaultRecovery
        : (fault, attempt) => checkedRecovery(answerOf('recovery', () => recovery(fault, attempt)), fault),
    stableAfter: options.stableAfter ?? STABLE_MS,
    discovery: options.discovery ?? 'required',
    random: random === undefined ? randomBytes : (bytes) => checkedBytes(answerOf('random', () => random(bytes)), bytes),
    gatewayVersion: options.gatewayVersion ?? LATEST_GATEWAY_VERSION,
    interceptors: options.interceptors ?? [],
    senderReports: options.senderReports ?? true,
    logFor: (guildId) =>
      log === undefined
        ? silent
        : (entry) => guarded(() => log({ ...withoutSecrets(entry, secrets), at: scheduler.now(), guildId } as LogEvent)),
    secrets,
  };
}

/** The reason of an `ignored` entry may be text from a DAVE provider. Everything else in a log entry is numbers and our own text. */
function withoutSecrets(entry: LogEntry, secrets: Secrets): LogEntry {
  return entry.type === 'ignored' ? { ...entry, reason: secrets.redact(entry.reason) } : entry;
}
