/**
 * A ring buffer that two threads share: one writes, the other reads. It holds records of 64-bit words, one after the other, each contiguous. A write
 * does not wake the reader.
 *
 * ```
 *            read            written
 *   ---------v===============v-------------     =: to be read
 *   =====v               read  v=======xxxx     x: skipped, as the next record did not fit before the end
 * ```
 */

/** Indices of the counters. They count words and wrap at 32 bits; each has a cache line of its own. */
const WRITTEN = 0;
const READ = 16;
const WATCHED = 32;
/** The counter value at the beginning of the memory. It changes only when everything is read, and is published with the next write. */
const BEGIN = 48;
const HEAD_BYTES = 256;
const WORD = 8;
/** Stands in place of a record's first word: the record is at the beginning of the memory. */
const SKIP = -1;

/** @param words capacity, a power of two. @param begins initial value of the counters */
export function ringMemory(words: number, begins = 0): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(HEAD_BYTES + words * WORD);
  const counters = new Int32Array(memory, 0, HEAD_BYTES / Int32Array.BYTES_PER_ELEMENT);
  counters[WRITTEN] = counters[READ] = counters[BEGIN] = begins;
  return memory;
}

abstract class RingEnd {
  readonly numbers: Float64Array;
  readonly bytes: Uint8Array;
  protected readonly counters: Int32Array;
  protected readonly size: number;

  constructor(memory: SharedArrayBuffer) {
    this.counters = new Int32Array(memory, 0, HEAD_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.numbers = new Float64Array(memory, HEAD_BYTES);
    this.bytes = new Uint8Array(memory, HEAD_BYTES);
    this.size = this.numbers.length;
  }
}

export class RingWriter extends RingEnd {
  #published = Atomics.load(this.counters, WRITTEN);
  #written = this.#published;
  #begin = this.#published;
  /** The write position once the reserved record is added. */
  #next = this.#published;
  /** The reader's position when it was last loaded; the reader may be further by now. */
  #read = Atomics.load(this.counters, READ);

  /** Whether the other side reads periodically. */
  get watched(): boolean {
    return Atomics.load(this.counters, WATCHED) === 1;
  }

  /** Loads the reader's position. */
  look(): void {
    this.#read = Atomics.load(this.counters, READ);
    if (this.#read !== this.#written) return;
    // Everything is read, so the next record is written at the beginning: only as much memory is touched as was ever waiting at once.
    this.#begin = this.#written;
    Atomics.store(this.counters, BEGIN, this.#begin);
  }

  /** Where a record of so many words may be written; undefined if there is no room. */
  reserve(words: number): number | undefined {
    const at = this.#reserve(words);
    if (at !== undefined) return at;
    this.look();
    return this.#reserve(words);
  }

  #reserve(words: number): number | undefined {
    const used = (this.#written - this.#read) | 0;
    const at = (this.#written - this.#begin) & (this.size - 1);
    const skipped = at + words > this.size ? this.size - at : 0;
    if (used + skipped + words > this.size) return undefined;
    if (skipped > 0) this.numbers[at] = SKIP;
    this.#next = (this.#written + skipped + words) | 0;
    return skipped > 0 ? 0 : at;
  }

  /** Adds what was written in the reserved place as a record. It is published with those before it. */
  add(): void {
    this.#written = this.#next;
  }

  /** Makes the added records visible to the reader. @returns whether there were any */
  publish(): boolean {
    if (this.#published === this.#written) return false;
    this.#published = this.#written;
    Atomics.store(this.counters, WRITTEN, this.#written);
    return true;
  }

  /** The write position, for {@link behind}. */
  get written(): number {
    return this.#written;
  }

  /** Whether the reader has not reached this position yet. */
  behind(written: number): boolean {
    return ((written - Atomics.load(this.counters, READ)) | 0) > 0;
  }
}

export class RingReader extends RingEnd {
  #read = Atomics.load(this.counters, READ);
  /** The write position when it was last loaded, and the counter value at the beginning of the memory. */
  #written = this.#read;
  #begin = this.#read;

  /** Tells the writer whether this side reads periodically. */
  watch(watched: boolean): void {
    Atomics.store(this.counters, WATCHED, watched ? 1 : 0);
  }

  /** Whether there is a record. */
  get waiting(): boolean {
    return Atomics.load(this.counters, WRITTEN) !== this.#read;
  }

  /** Where the next record begins; undefined if there is none. */
  next(): number | undefined {
    if (this.#read === this.#written && !this.#look()) return undefined;
    const at = (this.#read - this.#begin) & (this.size - 1);
    if (this.numbers[at] !== SKIP) return at;
    this.#read = (this.#read + this.size - at) | 0;
    return 0;
  }

  /** The record of so many words is read. After the last known record, the writer may reuse the space. */
  free(words: number): void {
    this.#read = (this.#read + words) | 0;
    if (this.#read === this.#written) this.done();
  }

  /** Lets the writer reuse the space of what is read. */
  done(): void {
    Atomics.store(this.counters, READ, this.#read);
  }

  /** Loads the write position, and with it the beginning, which does not change until everything is read. */
  #look(): boolean {
    this.#written = Atomics.load(this.counters, WRITTEN);
    this.#begin = Atomics.load(this.counters, BEGIN);
    return this.#read !== this.#written;
  }
}
