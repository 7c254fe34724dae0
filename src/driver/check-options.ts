/** The checks of {@link VoiceOptions}. */
import { amount, fields, functionOf, having, listOf, oneOf, type Check } from '../checks/check.js';
import { VoiceOptionsError } from '../errors.js';
import { ENCRYPTION_MODES } from '../protocol/encryption-modes.js';
import { GATEWAY_VERSIONS } from '../protocol/opcodes.js';
import { DEFAULT_TIMEOUTS } from './deadlines.js';
import type { VoiceOptions } from './options.js';

const deadline = amount('ms, more than 0 (Infinity for no deadline)', Number.MIN_VALUE);
const provider = having(['keyPair', 'open'], 'a DaveProvider such as daveyProvider(), or false for no end-to-end encryption');

const OPTIONS: { readonly [Name in keyof Required<VoiceOptions>]: Check } = {
  scheduler: having(['now', 'schedule'], 'a SchedulerLike, such as asyncScheduler of rxjs'),
  transports: having(['socket$', 'udp$'], 'Transports, such as nodeTransports() of rxvoice/driver'),
  dave: (name, value) => {
    if (value !== false) provider(name, value);
  },
  modes: listOf(oneOf(ENCRYPTION_MODES), 'encryption modes'),
  timeouts: fields(Object.fromEntries(Object.keys(DEFAULT_TIMEOUTS).map((stage) => [stage, deadline]))),
  recovery: functionOf('of a fault and its number, such as recoverBy({ … }) makes'),
  stableAfter: amount('ms, 0 or more', 0),
  linger: amount('ms, 0 or more (Infinity: until somebody else ends it)', 0),
  random: functionOf('that is given a number and returns that many random bytes'),
  interceptors: listOf(functionOf('that is given the MediaTraffic of a media session'), 'MediaInterceptors', 0),
  log: functionOf('that is given each LogEvent'),
  gatewayVersion: oneOf(GATEWAY_VERSIONS),
};
const options = fields(OPTIONS);

/** @throws VoiceOptionsError, which names the first option that is not what it must be */
export function checkOptions(given: VoiceOptions): void {
  options('', given);
}

/** What a `random` of the caller's returned: too few bytes would be a sequence number that is NaN, or a nonce that repeats. */
export function checkedBytes(returned: unknown, wanted: number): Uint8Array {
  if (returned instanceof Uint8Array && returned.length === wanted) return returned;
  const what = returned instanceof Uint8Array ? `${returned.length} bytes` : 'no Uint8Array';
  throw new VoiceOptionsError('random', `returned ${what} where ${wanted} bytes were asked for`);
}
