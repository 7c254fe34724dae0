/** What happens to values that come while nobody asks for one: the four policies, as pure functions of values. */
import { IterationOverflowError } from '../errors.js';
import type { PullBuffer, PullPolicy } from './options.js';

/** No value waits. */
export const EMPTY_BOX = Symbol('empty');

/** Values of `T` go in, values for the loop come out. */
export interface Mailbox<T, R> {
  /** Stores a value for which nobody waits. Throws if there is no room and no value may be lost. */
  put(value: T): void;
  /** Returns what is stored, for a caller that asks now; or {@link EMPTY_BOX}. */
  take(): R | typeof EMPTY_BOX;
  /** Converts a value for a caller that already waits. */
  hand(value: T): R;
}

const itself = <T>(value: T): T => value;

export function mailbox<T>(policy: PullPolicy, buffer: PullBuffer): Mailbox<T, T | T[]> {
  switch (policy) {
    case 'buffer':
      return buffered(buffer, (waiting) => waiting.shift()!, itself);
    case 'conflate':
      return buffered(
        buffer,
        (waiting) => waiting.splice(0),
        (value) => [value],
      );
    case 'latest':
      return buffered({ values: 1, overflow: 'drop-oldest' }, (waiting) => waiting.shift()!, itself);
    case 'drop':
      return { put: () => undefined, take: () => EMPTY_BOX, hand: itself };
  }
}

function buffered<T, R>({ values, overflow }: PullBuffer, some: (waiting: T[]) => R, hand: (value: T) => R): Mailbox<T, R> {
  const waiting: T[] = [];
  return {
    put: (value) => {
      if (waiting.length < values) waiting.push(value);
      else if (overflow === 'drop-oldest') waiting.push((waiting.shift(), value));
      else if (overflow === 'error') throw new IterationOverflowError(values);
    },
    take: () => (waiting.length === 0 ? EMPTY_BOX : some(waiting)),
    hand,
  };
}
