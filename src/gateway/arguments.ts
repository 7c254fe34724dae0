/** Checks of a membership's arguments, made on subscription: each error says what is wrong, and the cure. */
import { isObservable, tap, type Observable } from 'rxjs';
import { amount, inWords, must, type Check } from '../checks/check.js';
import { VoiceOptionsError } from '../errors.js';
import { field, isSnowflake } from '../protocol/payloads.js';

/** The longest that a timer can wait, in ms: 24.8 days. With more, or with Infinity, it would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** A deadline in ms. */
export const checkDeadline = amount('ms, more than 0 (Infinity for no deadline)', Number.MIN_VALUE);
/** The mute and deaf flags of op 4. */
export const checkFlag = must('true or false, or an Observable of them', (flag) => typeof flag === 'boolean');

/** An id. For a wrong value, the error names its type and never repeats a text, which may be a token. */
export const checkId: Check = (name, id) => {
  if (!isSnowflake(id)) throw new VoiceOptionsError(name, `must be a snowflake in digits, such as '81384788765712384', and is ${kindOfId(id)}`);
};

/** Returns a plain value unchanged, because it was already checked; an Observable with a check of each of its values. */
export function checked<T>(option: string, value: T | Observable<T>, check: Check): T | Observable<T> {
  return isObservable(value) ? value.pipe(tap((each) => check(option, each))) : value;
}

/** Throws a VoiceOptionsError if an argument is invalid. Observables are checked value by value later. */
export function checkMembership(gateway$: unknown, ids: unknown): void {
  checkPort('gateway$', gateway$);
  checkIds('ids', ids);
  checkId('guildId', field(ids, 'guildId'));
  checkId('userId', field(ids, 'userId'));
  for (const [option, check] of [['channelId', checkId], ['selfMute', checkFlag], ['selfDeaf', checkFlag]] as const) { // prettier-ignore
    const value = field(ids, option);
    const left = value === undefined && option !== 'channelId';
    if (!left && !isObservable(value)) check(option, value);
  }
}

const checkIds = must('{ guildId, channelId, userId }', (ids) => typeof ids === 'object' && ids !== null);

const checkPort: Check = (name, port) => {
  const missing = ['subscribe', 'next'].find((method) => typeof field(port, method) !== 'function');
  if (missing === undefined) return;
  const what = typeof port === 'object' && port !== null ? `has no ${missing}` : `is ${inWords(port)}`;
  throw new VoiceOptionsError(
    name,
    `must be a gateway port, and ${what}: make one by gatewayPort(events$, send), or of your library by one of rxvoice/adapters, such as fromDiscordJs(client)`,
  );
};

function kindOfId(id: unknown): string {
  if (typeof id === 'number') return 'a number, which loses the last digits of an id: write it as a text';
  if (typeof id === 'bigint') return 'a bigint: String(id) makes one of it';
  if (isObservable(id)) return 'an Observable: only channelId, selfMute and selfDeaf may change';
  if (typeof id !== 'string') return inWords(id);
  if (id === '') return 'an empty text';
  return /^<[#@][!&]?\d+>$/.test(id) ? 'a mention: pass the digits in it alone' : 'another text';
}
