/** How a stream that pushes is read by a loop that pulls. */
import { count, fields, oneOf, type Check } from '../checks/check.js';

/**
 * What a loop is given of the values that came while it was busy. `buffer`: each of them, in order. `latest`: the newest. `drop`: none; it
 * waits for the next to come. `conflate`: all of them at once, as an array; a loop that keeps up has arrays of one.
 */
export type PullPolicy = 'buffer' | 'latest' | 'drop' | 'conflate';

/** Where values wait for a loop that is busy. */
export interface PullBuffer {
  /** How many fit. Default 3000: a minute of packets of one speaker. */
  readonly values: number;
  /**
   * What happens to a value that does not fit: `error` ends the loop with an IterationOverflowError, `drop-oldest` stays close to now,
   * `drop-newest` keeps what came first. Default `error`.
   */
  readonly overflow: 'error' | 'drop-oldest' | 'drop-newest';
}

/** How to iterate; every field has a default. */
export interface AsyncIterableOptions {
  /** What of the values that came while the loop was busy it is given. Default `buffer`. */
  readonly policy?: PullPolicy;
  /** Of `buffer` and `conflate` only. Default `{ values: 3000, overflow: 'error' }`. */
  readonly buffer?: PullBuffer;
}

/** The {@link AsyncIterableOptions} unless told otherwise. */
export const DEFAULT_PULL = {
  policy: 'buffer',
  buffer: { values: 3_000, overflow: 'error' },
} as const satisfies Required<AsyncIterableOptions>;

const BUFFER: { readonly [Name in keyof PullBuffer]: Check } = {
  values: count('a whole number of values, 1 or more', 1),
  overflow: oneOf(['error', 'drop-oldest', 'drop-newest'] satisfies PullBuffer['overflow'][]),
};
const OPTIONS: { readonly [Name in keyof Required<AsyncIterableOptions>]: Check } = {
  policy: oneOf(['buffer', 'latest', 'drop', 'conflate'] satisfies PullPolicy[]),
  buffer: fields(BUFFER, ['values', 'overflow']),
};
const options = fields(OPTIONS);

/** @throws VoiceOptionsError, which names the first option that is not what it must be */
export function checkPullOptions(given: AsyncIterableOptions): void {
  options('', given);
}
