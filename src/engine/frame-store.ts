/** Frames that wait to be played, in the batches that they came in: each becomes an object when it is played, which no collection of garbage has to carry along until then. */
import type { FrameBatch } from './frame-batch.js';

export class FrameStore {
  #batches: FrameBatch[] = [];
  #length = 0;
  /** Of the first batch, frames and bytes that are taken already. */
  #taken = 0;
  #at = 0;

  /** Frames that are left. */
  get length(): number {
    return this.#length;
  }

  add(batch: FrameBatch): void {
    this.#batches.push(batch);
    this.#length += batch.lengths.length;
  }

  /** The oldest, a view of its batch; undefined where there is none. */
  take(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    while (this.#taken === this.#batches[0]!.lengths.length) this.#shift();
    const { bytes, lengths } = this.#batches[0]!;
    const length = lengths[this.#taken]!;
    // Half of what `subarray` takes.
    const frame = new Uint8Array(bytes.buffer, bytes.byteOffset + this.#at, length);
    this.#taken += 1;
    this.#at += length;
    this.#length -= 1;
    return frame;
  }

  clear(): void {
    this.#batches = [];
    this.#length = this.#taken = this.#at = 0;
  }

  #shift(): void {
    this.#batches.shift();
    this.#taken = this.#at = 0;
  }
}
