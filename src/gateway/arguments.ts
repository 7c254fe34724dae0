/** The arguments of a membership, checked when it is subscribed: what is wrong with them, and the cure. */
import { isObservable, tap, type Observable } from 'rxjs';
import { VoiceOptionsError } from '../errors.js';
import { field, isSnowflake } from '../protocol/payloads.js';

/** ms. A timer cannot wait longer, 24.8 days: asked for more, and for Infinity, it would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Throws a VoiceOptionsError where there is a fault. What it says never repeats a text that was passed: it may be a token. */
export function check<T>(option: string, value: T, fault: (value: unknown) => string | undefined): T {
  const reason = fault(value);
  if (reason !== undefined) throw new VoiceOptionsError(option, reason);
  return value;
}

/** A value as it is, which was looked at before; an Observable with an eye on each of its values. */
export function checked<T>(option: string, value: T | Observable<T>, fault: (value: unknown) => string | undefined): T | Observable<T> {
  return isObservable(value) ? value.pipe(tap((each) => check(option, each, fault))) : value;
}

/** Throws a VoiceOptionsError where one of the arguments is none. Those that are Observables are checked value by value. */
export function checkMembership(gateway$: unknown, ids: unknown): void {
  check('gateway$', gateway$, portFault);
  check('ids', ids, (value) => (typeof value === 'object' && value !== null ? undefined : `is ${kindOf(value)}: { guildId, channelId, userId } are needed`));
  check('guildId', field(ids, 'guildId'), idFault);
  check('userId', field(ids, 'userId'), idFault);
  check('channelId', field(ids, 'channelId'), (id) => (isObservable(id) ? undefined : idFault(id)));
  for (const option of ['selfMute', 'selfDeaf'])
    check(option, field(ids, option) ?? false, (flag) => (isObservable(flag) ? undefined : flagFault(flag)));
}

/** What is wrong with an id. */
export function idFault(id: unknown): string | undefined {
  if (isSnowflake(id)) return undefined;
  const needed = "a snowflake in digits is needed, such as '81384788765712384'";
  if (typeof id === 'number') return `is a number, and as one it loses its last digits: ${needed}`;
  if (typeof id === 'bigint') return `is a bigint: ${needed}; String(id) makes one of it`;
  if (isObservable(id)) return `is an Observable: ${needed}; only channelId, selfMute and selfDeaf may change`;
  if (typeof id !== 'string') return `is ${kindOf(id)}: ${needed}`;
  if (id === '') return `is empty: ${needed}`;
  if (/^<[#@][!&]?\d+>$/.test(id)) return 'is a mention: pass the digits in it alone';
  return `is a text that is no id: ${needed}`;
}

/** What is wrong with a boolean. */
export function flagFault(flag: unknown): string | undefined {
  return typeof flag === 'boolean' ? undefined : `is ${kindOf(flag)}: true or false is needed, or an Observable of them`;
}

/** What is wrong with a time in ms; Infinity is one. */
export function millisecondsFault(ms: unknown): string | undefined {
  if (typeof ms !== 'number') return `is ${kindOf(ms)}: a number of milliseconds is needed`;
  return ms >= 0 ? undefined : `is ${ms}: milliseconds from 0 on are needed`;
}

function portFault(port: unknown): string | undefined {
  const cure = 'make a gateway port by gatewayPort(events$, send), or of your library by one of rxvoice/adapters, such as fromDiscordJs(client)';
  if (typeof port !== 'object' || port === null) return `is ${kindOf(port)}: ${cure}`;
  if (typeof field(port, 'subscribe') !== 'function') return `has no subscribe, and so gives no payloads: ${cure}`;
  return typeof field(port, 'next') === 'function' ? undefined : `has no next to send op 4 with: ${cure}`;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  return `${/^[aeiou]/.test(typeof value) ? 'an' : 'a'} ${typeof value}`;
}
