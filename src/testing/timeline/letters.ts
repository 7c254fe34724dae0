/** A letter for each value, as in the marbles of the test. */
import { inspect } from 'node:util';
import { same } from './same.js';
import type { TimelineMessage, TimelineNotification } from './message.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Longer texts of a value are cut to this many characters. */
const WIDEST = 120;

export class Letters {
  readonly #known: [letter: string, value: unknown][];
  #free = 0;

  /** @param values the letters that the test defines */
  constructor(values: Readonly<Record<string, unknown>> | undefined) {
    this.#known = Object.entries(values ?? {});
  }

  /** `a` for the test's `a`, the first free letter for an unexpected value, `|` for completion and `#` for an error. */
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

  /** The meaning of the letter, as text. */
  words(notification: TimelineNotification): string {
    if (notification.kind === 'C') return 'completion';
    if (notification.kind === 'E') return `the error ${shown(notification.error)}`;
    const text = shown(notification.value);
    const letter = this.of(notification);
    return text === `'${letter}'` ? letter : `${letter} = ${text}`;
  }

  /** A line for each letter in the messages, unless its value is the letter itself. */
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
