/** A letter for each value, as in the marbles of the test that expects them. */
import { inspect } from 'node:util';
import { same } from './same.js';
import type { TimelineMessage, TimelineNotification } from './message.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Characters of a value in a message, beyond which it is cut. */
const WIDEST = 120;

export class Letters {
  readonly #known: [letter: string, value: unknown][];
  #free = 0;

  /** @param values the letters of the test */
  constructor(values: Readonly<Record<string, unknown>> | undefined) {
    this.#known = Object.entries(values ?? {});
  }

  /** `a` for the test's `a`, the first free letter for what it did not expect, `|` and `#` for the two ends. */
  of(notification: TimelineNotification): string {
    if (notification.kind === 'C') return '|';
    if (notification.kind === 'E') return '#';
    const { value } = notification;
    const known = this.#known.find(([, expected]) => same(value, expected));
    if (known !== undefined) return known[0];
    // Without values, the letters of the marbles are the values.
    const letter = typeof value === 'string' && [...value].length === 1 && !this.#taken(value) ? value : this.#next();
    this.#known.push([letter, value]);
    return letter;
  }

  /** What the letter stands for, in words. */
  words(notification: TimelineNotification): string {
    if (notification.kind === 'C') return 'completion';
    if (notification.kind === 'E') return `the error ${shown(notification.error)}`;
    const text = shown(notification.value);
    const letter = this.of(notification);
    return text === `'${letter}'` ? letter : `${letter} = ${text}`;
  }

  /** A line for each letter among the messages that is no value of itself. */
  legend(messages: readonly TimelineMessage[]): string[] {
    const lines = messages
      .filter(({ notification }) => notification.kind !== 'C')
      .map(({ notification }) => {
        const text = shown(notification.kind === 'N' ? notification.value : notification.kind === 'E' ? notification.error : undefined);
        const letter = this.of(notification);
        return text === `'${letter}'` ? '' : `  ${letter}  ${text}`;
      });
    return [...new Set(lines)].filter((line) => line !== '');
  }

  #next(): string {
    while (this.#free < ALPHABET.length && this.#taken(ALPHABET[this.#free]!)) this.#free += 1;
    return ALPHABET[this.#free++] ?? '?';
  }

  #taken(letter: string): boolean {
    return this.#known.some(([known]) => known === letter);
  }
}

/** A value on one line. */
export function shown(value: unknown): string {
  const text = value instanceof Error ? `${value.name}: ${value.message}` : inspect(value, { depth: 4, breakLength: Infinity, maxArrayLength: 16 });
  const line = text.replace(/\s*\n\s*/g, ' ');
  return line.length > WIDEST ? `${line.slice(0, WIDEST)}…` : line;
}
