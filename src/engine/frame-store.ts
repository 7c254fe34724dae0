/** Frames that wait to be played, in the batches that they came in: each becomes an object when it is played, which no collection of garbage has to carry along until then. */
import type { FrameBatch } from './frame-batch.js';

const NONE: FrameBatch = { bytes: new Uint8Array(0), lengths: [] };

export class FrameStore {
  /** Behind the one that frames are taken from. */
  #batches: FrameBatch[] = [];
  #length = 0;
  /** Of the batch that frames are taken from: looked up once, since V8 leaves its code for `buffer`. */
  #lengths = NONE.lengths;
  #buffer = NONE.bytes.buffer;
  /** Frames that are taken already, and where the next one begins. */
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
    while (this.#taken === this.#lengths.length) this.#begin(this.#batches.shift()!);
    const length = this.#lengths[this.#taken]!;
    // Half of what `subarray` takes.
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
