/** How a pulling loop reads a pushing stream. */
import { count, fields, oneOf, type Check } from '../checks/check.js';

/**
 * What a loop gets of the values that came while it was busy. `buffer`: all of them, in order. `latest`: the newest. `drop`: none; it
 * waits for the next one. `conflate`: all of them at once, as an array; a loop that keeps up gets arrays of one.
 */
export type PullPolicy = 'buffer' | 'latest' | 'drop' | 'conflate';

/** The buffer for values while the loop is busy. */
export interface PullBuffer {
  /** How many fit. Default 3000: a minute of packets of one speaker. */
  readonly values: number;
  /**
   * What happens to a value that does not fit: `error` ends the loop with an IterationOverflowError, `drop-oldest` keeps the newest values,
   * `drop-newest` keeps the oldest ones. Default `error`.
   */
  readonly overflow: 'error' | 'drop-oldest' | 'drop-newest';
}

/** How to iterate; every field has a default. */
export interface AsyncIterableOptions {
  /** What the loop gets of the values that came while it was busy. Default `buffer`. */
  readonly policy?: PullPolicy;
  /** Only for `buffer` and `conflate`. Default `{ values: 3000, overflow: 'error' }`. */
  readonly buffer?: PullBuffer;
}

/** The defaults of {@link AsyncIterableOptions}. */
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

/** @throws VoiceOptionsError, which names the first invalid option */
export function checkPullOptions(given: AsyncIterableOptions): void {
  options('', given);
}
