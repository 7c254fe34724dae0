/**
 * What callers pass, checked before anything is sent or opened. Types are no help to who writes JavaScript, or reads a configuration
 * file: `'5s'` as a deadline is NaN to a timer, and NaN is at once.
 */
import { VoiceOptionsError } from '../errors.js';
import { nearest } from './nearest.js';

/** Throws a VoiceOptionsError when `value` is not what the option `name` takes. `name` is a path: `timeouts.hello`. */
export type Check = (name: string, value: unknown) => void;

/** The check that all others are made of. `what` ends the sentence "must be …", with the cure where one is to be named. */
export function must(what: string, holds: (value: unknown) => boolean): Check {
  return (name, value) => {
    if (!holds(value)) throw new VoiceOptionsError(name, `must be ${what}, and is ${inWords(value)}`);
  };
}

/** A function. `what` it does or is given, in words. */
export function functionOf(what: string): Check {
  return must(`a function ${what}`, (value) => typeof value === 'function');
}

/** A number of `what` from `least` on; whole ones only where it counts. Infinity is one, unless it counts. */
export function amount(what: string, least: number, most = Infinity): Check {
  return must(what, (value) => typeof value === 'number' && value >= least && value <= most);
}

/** A whole number. */
export function count(what: string, least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return must(what, (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most);
}

/** One of some names or numbers. */
export function oneOf(values: readonly (string | number)[]): Check {
  return (name, value) => {
    if (values.some((one) => one === value)) return;
    const hint = typeof value === 'string' ? didYouMean(value, values.map(String)) : '';
    throw new VoiceOptionsError(name, `must be one of ${values.join(', ')}, and is ${inWords(value)}${hint}`);
  };
}

/** An array of at least one, or of any number. */
export function listOf(check: Check, what: string, least: 0 | 1 = 1): Check {
  const list = must(`an array of ${what}${least > 0 ? ', at least one' : ''}`, (value) => Array.isArray(value) && value.length >= least);
  return (name, value) => {
    list(name, value);
    (value as readonly unknown[]).forEach((item, index) => check(`${name}[${index}]`, item));
  };
}

/** An object with these methods, whatever else it has. */
export function having(methods: readonly string[], what: string): Check {
  return must(what, (value) => isObject(value) && methods.every((method) => typeof value[method] === 'function'));
}

/**
 * An object of options, each with its check; what is undefined counts as not given. A name that is none of them is an error: a
 * mistyped option would be one that does nothing.
 *
 * @param required those that must be given
 */
export function fields(checks: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  const names = Object.keys(checks);
  return (name, value) => {
    // The options of all have no name of their own: a path begins with theirs.
    object(name === '' ? 'options' : name, value);
    const path = (key: string): string => (name === '' ? key : `${name}.${key}`);
    const given = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(given)) {
      if (Object.hasOwn(checks, key) || given[key] === undefined) continue;
      throw new VoiceOptionsError(path(key), `there is no such option${didYouMean(key, names) || `: there are ${names.join(', ')}`}`);
    }
    // Run at each join, and at each of its stages: nothing is made here for an option that is not given.
    for (const key of names) {
      if (given[key] !== undefined) checks[key]!(path(key), given[key]);
      else if (required.includes(key)) throw new VoiceOptionsError(path(key), 'is missing');
    }
  };
}

/** Objects that are of one kind or another, by what stands in the field `key`. */
export function variants(key: string, kinds: Readonly<Record<string, Check>>): Check {
  const kind = oneOf(Object.keys(kinds));
  return (name, value) => {
    object(name, value);
    const of = (value as Readonly<Record<string, unknown>>)[key];
    kind(`${name}.${key}`, of);
    kinds[of as string]!(name, value);
  };
}

const object = must('an object', (value) => isObject(value) && !Array.isArray(value));

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function didYouMean(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return meant === undefined ? '' : `; did you mean '${meant}'?`;
}

/** Longer texts are not repeated: who knows what was pasted. */
const MAX_TEXT = 40;

/** A value in words. Objects are not printed: a key may be in one. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `a text of ${value.length} characters` : `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object' && value !== null) return 'an object that is none';
  return String(value);
}
