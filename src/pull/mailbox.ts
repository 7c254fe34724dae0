/** What becomes of values that come while nobody asks for one: the four policies, as values in and values out. */
import { IterationOverflowError } from '../errors.js';
import type { PullBuffer, PullPolicy } from './options.js';

/** Nothing waits. */
export const EMPTY_BOX = Symbol('empty');

/** Values of `T` go in, what the loop is given comes out. */
export interface Mailbox<T, R> {
  /** A value that nobody has asked for. Throws where there is no room and none may be lost. */
  put(value: T): void;
  /** What waits, for who asks now; or {@link EMPTY_BOX}. */
  take(): R | typeof EMPTY_BOX;
  /** What the one who waits already is given of a value. */
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
