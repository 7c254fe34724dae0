/** The checks of {@link VoiceOptions}. */
import { amount, fields, functionOf, having, listOf, oneOf, type Check } from '../checks/check.js';
import { FLAG, LOG, RANDOM, SCHEDULER } from '../checks/common.js';
import { VoiceOptionsError } from '../errors.js';
import { ENCRYPTION_MODES } from '../protocol/encryption-modes.js';
import { GATEWAY_VERSIONS } from '../protocol/opcodes.js';
import { DEFAULT_TIMEOUTS } from './deadlines.js';
import type { E2eeDemand, VoiceOptions } from './options.js';

const deadline = amount('ms, more than 0 (Infinity for no deadline)', Number.MIN_VALUE);
const provider = having(['keyPair', 'open'], 'a DaveProvider such as daveyProvider(), or false for no end-to-end encryption');

const OPTIONS: { readonly [Name in keyof Required<VoiceOptions>]: Check } = {
  scheduler: SCHEDULER,
  transports: having(['socket$', 'udp$'], 'Transports, such as nodeTransports() of rxvoice/driver'),
  dave: (name, value) => {
    if (value !== false) provider(name, value);
  },
  e2ee: oneOf(['as-described', 'required'] satisfies E2eeDemand[]),
  modes: listOf(oneOf(ENCRYPTION_MODES), 'encryption modes'),
  timeouts: fields(Object.fromEntries(Object.keys(DEFAULT_TIMEOUTS).map((stage) => [stage, deadline]))),
  recovery: functionOf('of a fault and its number, such as recoverBy({ … }) makes'),
  stableAfter: amount('ms, 0 or more', 0),
  linger: amount('ms, 0 or more (Infinity: until somebody else ends it)', 0),
  whereami: functionOf('that gives the voice state of the bot, or null'),
  whereamiEvery: amount('ms, more than 0', Number.MIN_VALUE),
  discovery: oneOf(['required', 'optional']),
  random: RANDOM,
  interceptors: listOf(functionOf('that is given the MediaTraffic of a media session'), 'MediaInterceptors', 0),
  senderReports: FLAG,
  log: LOG,
  gatewayVersion: oneOf(GATEWAY_VERSIONS),
};
const options = fields(OPTIONS);
const connectOptions = fields({ ...OPTIONS, engine: having(['session$'], 'a VoiceEngine, such as workerEngine() of rxvoice/workers') });

/** @throws VoiceOptionsError, which names the first option that is invalid */
export function checkOptions(given: VoiceOptions): void {
  options('', given);
  checkTogether(given);
}

/** The same for the options of `connectVoice$`. */
export function checkConnectOptions(given: VoiceOptions & { readonly engine?: unknown }): void {
  connectOptions('', given);
  checkTogether(given);
}

function checkTogether({ e2ee, dave }: VoiceOptions): void {
  if (e2ee === 'required' && dave === false)
    throw new VoiceOptionsError('e2ee', "is 'required', which takes a DaveProvider, and dave is false: leave dave out for daveyProvider()");
}

/** Calls a function of the caller whose answer is required. @throws VoiceOptionsError, with what the function threw as the cause */
export function answerOf<T>(option: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw new VoiceOptionsError(option, 'threw where it was asked for an answer; the cause is what it threw', { cause: error });
  }
}

/** Checks what the caller's `random` returned: too few bytes would give a sequence number that is NaN, or a nonce that repeats. */
export function checkedBytes(returned: unknown, wanted: number): Uint8Array {
  if (returned instanceof Uint8Array && returned.length === wanted) return returned;
  const what = returned instanceof Uint8Array ? `${returned.length} bytes` : 'no Uint8Array';
  throw new VoiceOptionsError('random', `returned ${what} where ${wanted} bytes were asked for`);
}
