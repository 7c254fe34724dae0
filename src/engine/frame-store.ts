/**
 * Frames that wait to be played, in the batches in which they arrived: a frame becomes an object only when it is played, so that garbage collections
 * do not have to copy it before.
 */
import type { FrameBatch } from './frame-batch.js';

const NONE: FrameBatch = { bytes: new Uint8Array(0), lengths: [] };

export class FrameStore {
  /** The batches after the current one. */
  #batches: FrameBatch[] = [];
  #length = 0;
  /** Of the current batch: read once per batch, because access to `buffer` leaves V8's optimised code. */
  #lengths = NONE.lengths;
  #buffer = NONE.bytes.buffer;
  /** The number of frames already taken from the current batch, and the offset of the next one. */
  #taken = 0;
  #at = 0;

  /** The number of frames left. */
  get length(): number {
    return this.#length;
  }

  add(batch: FrameBatch): void {
    this.#batches.push(batch);
    this.#length += batch.lengths.length;
  }

  /** The oldest frame, as a view of its batch; undefined if there is none. */
  take(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    while (this.#taken === this.#lengths.length) this.#begin(this.#batches.shift()!);
    const length = this.#lengths[this.#taken]!;
    // Takes half the time of `subarray`.
    const frame = new Uint8Array(this.#buffer, this.#at, length);
    this.#taken += 1;
    this.#at += length;
    this.#length -= 1;
    return frame;
  }

  clear(): void {
    this.#batches = [];
    this.#length = 0;
    this.#begin(NONE);
  }

  #begin({ bytes, lengths }: FrameBatch): void {
    this.#lengths = lengths;
    this.#buffer = bytes.buffer;
    this.#at = bytes.byteOffset;
    this.#taken = 0;
  }
}
