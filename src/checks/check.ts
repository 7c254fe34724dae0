/**
 * Checks of callers' arguments, before anything is sent or opened. Types do not help callers who write JavaScript, or read a configuration file: the
 * deadline `'5s'` is NaN to a timer, which fires at once.
 */
import { VoiceOptionsError } from '../errors.js';
import { nearest } from './nearest.js';

/** Throws a VoiceOptionsError if `value` is not valid for the option `name`. `name` is a path: `timeouts.hello`. */
export type Check = (name: string, value: unknown) => void;

/** The check from which all others are made. `what` ends the sentence "must be …", and may include the cure. */
export function must(what: string, holds: (value: unknown) => boolean): Check {
  return (name, value) => {
    if (!holds(value)) throw new VoiceOptionsError(name, `must be ${what}, and is ${inWords(value)}`);
  };
}

/** A function. `what` says what it does or is given. */
export function functionOf(what: string): Check {
  return must(`a function ${what}`, (value) => typeof value === 'function');
}

/** A number from `least` to `most`. Infinity is valid unless `most` excludes it. */
export function amount(what: string, least: number, most = Infinity): Check {
  return must(what, (value) => typeof value === 'number' && value >= least && value <= most);
}

/** A whole number. */
export function count(what: string, least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return must(what, (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most);
}

/** One of the given names or numbers. */
export function oneOf(values: readonly (string | number)[]): Check {
  return (name, value) => {
    if (values.some((one) => one === value)) return;
    const hint = typeof value === 'string' ? didYouMean(value, values.map(String)) : '';
    throw new VoiceOptionsError(name, `must be one of ${values.join(', ')}, and is ${inWords(value)}${hint}`);
  };
}

/** An array of at least one item, or of any number of items. */
export function listOf(check: Check, what: string, least: 0 | 1 = 1): Check {
  const list = must(`an array of ${what}${least > 0 ? ', at least one' : ''}`, (value) => Array.isArray(value) && value.length >= least);
  return (name, value) => {
    list(name, value);
    (value as readonly unknown[]).forEach((item, index) => check(`${name}[${index}]`, item));
  };
}

/** An object that has these methods. */
export function having(methods: readonly string[], what: string): Check {
  return must(what, (value) => isObject(value) && methods.every((method) => typeof value[method] === 'function'));
}

/**
 * An object of options, each with its check; an undefined value counts as not given. An unknown name is an error: a mistyped option would silently do
 * nothing.
 *
 * @param required names of options that must be given
 */
export function fields(checks: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  const names = Object.keys(checks);
  return (name, value) => {
    // The top-level object has no name: paths begin with the names of its options.
    object(name === '' ? 'options' : name, value);
    const path = (key: string): string => (name === '' ? key : `${name}.${key}`);
    const given = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(given)) {
      if (Object.hasOwn(checks, key) || given[key] === undefined) continue;
      throw new VoiceOptionsError(path(key), `there is no such option${didYouMean(key, names) || `: there are ${names.join(', ')}`}`);
    }
    // This runs at each join, and at each stage of it: nothing is allocated for an option that is not given.
    for (const key of names) {
      if (given[key] !== undefined) checks[key]!(path(key), given[key]);
      else if (required.includes(key)) throw new VoiceOptionsError(path(key), 'is missing');
    }
  };
}

/** An object whose field `key` says which of several kinds it is. */
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

/** Longer texts are not repeated: they may be anything, even a secret pasted by mistake. */
const MAX_TEXT = 40;

/** A value as text. Objects are not printed: they may hold a key. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `a text of ${value.length} characters` : `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object' && value !== null) return 'an object that is none';
  return String(value);
}
