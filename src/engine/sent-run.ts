/**
 * The `sent` events of plays as numbers: there are fifty a second for each session, and cloning them as objects would cost more than encrypting the
 * frames. Layout, five 64-bit numbers per event: subscription, sequence, timestamp, position, bytes.
 */
import type { PlayEvent } from '../types.js';
import type { WireMessage } from './wire.js';

export type Sent = Extract<PlayEvent, { readonly type: 'sent' }>;
export type SentMessage = Extract<WireMessage, { readonly type: 'next' }> & { readonly value: Sent };

/** The place of each field; the subscription takes the place of `type`. A new field has no place here, and then this does not compile. */
const PLACES = { type: 0, sequence: 1, timestamp: 2, position: 3, bytes: 4 } as const satisfies Readonly<Record<keyof Sent, number>>;
const NUMBERS = Object.keys(PLACES).length;

export function isSent(message: WireMessage): message is SentMessage {
  return message.type === 'next' && isSentEvent(message.value) && Object.keys(message.value).length === NUMBERS;
}

/** Does not check the other fields, which would take twice as long as creating an event. */
export function isSentEvent(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'sent';
}

/** Collects events in order. */
export class SentRun {
  #numbers = new Float64Array(NUMBERS * 16);
  #length = 0;

  get empty(): boolean {
    return this.#length === 0;
  }

  /** @returns ms of audio from the first event of the run to this one; NaN if they belong to different plays */
  push({ id, value: { sequence, timestamp, position, bytes } }: SentMessage): number {
    if (this.#length === this.#numbers.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    const at = this.#length;
    this.#numbers[at] = id;
    this.#numbers[at + 1] = sequence;
    this.#numbers[at + 2] = timestamp;
    this.#numbers[at + 3] = position;
    this.#numbers[at + 4] = bytes;
    this.#length += NUMBERS;
    return id === this.#numbers[0] ? position - this.#numbers[3]! : NaN;
  }

  /** Returns all of them, and empties the run. */
  take(): Float64Array {
    const numbers = this.#numbers.slice(0, this.#length);
    this.#length = 0;
    return numbers;
  }
}

/** Unpacks the events again, one message each. */
export function tellSent(numbers: Float64Array, tell: (message: WireMessage) => void): void {
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const value: Sent = { type: 'sent', sequence: numbers[at + 1]!, timestamp: numbers[at + 2]!, position: numbers[at + 3]!, bytes: numbers[at + 4]! };
    tell({ type: 'next', id: numbers[at]!, value });
  }
}
