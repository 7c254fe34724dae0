/**
 * `sent` events of plays as numbers: there are fifty a second of each session, and as objects their clones would cost more than the
 * frames' encryption. Layout, five numbers of 64 bits an event: subscription, sequence, timestamp, position, bytes.
 */
import type { PlayEvent } from '../types.js';
import type { WireMessage } from './wire.js';

type Sent = Extract<PlayEvent, { readonly type: 'sent' }>;
export type SentMessage = Extract<WireMessage, { readonly type: 'next' }> & { readonly value: Sent };

const NUMBERS = 5;

export function isSent(message: WireMessage): message is SentMessage {
  if (message.type !== 'next') return false;
  const { value } = message;
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'sent' && Object.keys(value).length === NUMBERS;
}

/** Events in their order. */
export class SentRun {
  #numbers = new Float64Array(NUMBERS * 16);
  #length = 0;

  get empty(): boolean {
    return this.#length === 0;
  }

  /** @returns ms of audio from the first event of the run to this one; NaN where they are of different plays */
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

  /** All of them; empty afterwards. */
  take(): Float64Array {
    const numbers = this.#numbers.slice(0, this.#length);
    this.#length = 0;
    return numbers;
  }
}

/** The events again, one message each. */
export function tellSent(numbers: Float64Array, tell: (message: WireMessage) => void): void {
  for (let at = 0; at < numbers.length; at += NUMBERS) {
    const value: Sent = { type: 'sent', sequence: numbers[at + 1]!, timestamp: numbers[at + 2]!, position: numbers[at + 3]!, bytes: numbers[at + 4]! };
    tell({ type: 'next', id: numbers[at]!, value });
  }
}
