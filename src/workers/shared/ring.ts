/**
 * Memory of two threads in which one writes and the other reads: records of 64-bit words, one behind the other, each in one piece. What is
 * written wakes nobody.
 *
 * ```
 *            read            written
 *   ---------v===============v-------------     =: to be read
 *   =====v               read  v=======xxxx     x: skipped, as the next record did not fit before the end
 * ```
 */

/** Of the counters, which count words and go round at 32 bits: each in a cache line of its own. */
const WRITTEN = 0;
const READ = 16;
const WATCHED = 32;
/** What the counters were where the memory begins: changed where all is read, and then said by what is written next. */
const BEGIN = 48;
const HEAD_BYTES = 256;
const WORD = 8;
/** Bytes: of a larger piece much would be kept for little. */
const MOST_AT_ONCE = 65_536;
/** In place of the first word of a record: it goes on at the beginning. */
const SKIP = -1;

/** @param words how many there is room for, a power of two. @param begins where the counters begin */
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
  /** How far is written when what is reserved is. */
  #next = this.#published;
  /** How far the other side had come when that was looked at: it may have come further. */
  #read = Atomics.load(this.counters, READ);

  /** Whether the other side looks from time to time. */
  get watched(): boolean {
    return Atomics.load(this.counters, WATCHED) === 1;
  }

  /** Looks how far the other side has come. */
  look(): void {
    this.#read = Atomics.load(this.counters, READ);
    if (this.#read !== this.#written) return;
    // All is read: no more of the memory is touched than there ever was to be read.
    this.#begin = this.#written;
    Atomics.store(this.counters, BEGIN, this.#begin);
  }

  /** Where a record of so many words may be written; undefined where there is no room. */
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

  /** What was written where it was reserved is a record, which is published with those before it. */
  add(): void {
    this.#written = this.#next;
  }

  /** What was added is to be read from now on. @returns whether there was any */
  publish(): boolean {
    if (this.#published === this.#written) return false;
    this.#published = this.#written;
    Atomics.store(this.counters, WRITTEN, this.#written);
    return true;
  }

  /** How far it has come, for {@link behind}. */
  get written(): number {
    return this.#written;
  }

  /** Whether the other side has not come so far yet. */
  behind(written: number): boolean {
    return ((written - Atomics.load(this.counters, READ)) | 0) > 0;
  }
}

export class RingReader extends RingEnd {
  #read = Atomics.load(this.counters, READ);
  /** How far was written when that was looked at, and where the counters began. */
  #written = this.#read;
  #begin = this.#read;
  /** Of what was there when that was looked at, the bytes from `#copiedFrom` to `#copiedTo`. */
  #copy = new ArrayBuffer(0);
  #copiedFrom = 0;
  #copiedTo = 0;

  /** Says whether it looks from time to time. */
  watch(watched: boolean): void {
    Atomics.store(this.counters, WATCHED, watched ? 1 : 0);
  }

  /** Whether there is a record. */
  get waiting(): boolean {
    return Atomics.load(this.counters, WRITTEN) !== this.#read;
  }

  /** Where the next record begins; undefined where there is none. */
  next(): number | undefined {
    if (this.#read === this.#written && !this.#look()) return undefined;
    const at = (this.#read - this.#begin) & (this.size - 1);
    if (this.numbers[at] !== SKIP) return at;
    this.#read = (this.#read + this.size - at) | 0;
    return 0;
  }

  /**
   * Bytes of a record, copied, since its memory is written again. With them comes what else there is to be read: one copying, and one piece of
   * memory, for each record would cost more than the bytes.
   */
  copy(start: number, length: number): Uint8Array {
    if (start < this.#copiedFrom || start + length > this.#copiedTo) this.#copyFrom(start, length);
    return new Uint8Array(this.#copy, start - this.#copiedFrom, length);
  }

  #copyFrom(start: number, length: number): void {
    const waiting = ((this.#written - this.#read) | 0) * WORD;
    const end = Math.min(start + Math.max(length, Math.min(waiting, MOST_AT_ONCE)), this.bytes.length);
    const copied = this.bytes.slice(start, end);
    this.#copy = copied.buffer;
    this.#copiedFrom = start;
    this.#copiedTo = end;
  }

  /** The record of so many words is read. With the last of those that were there, there may be others in their place. */
  free(words: number): void {
    this.#read = (this.#read + words) | 0;
    if (this.#read === this.#written) this.done();
  }

  /** There may be others in the place of what is read. */
  done(): void {
    Atomics.store(this.counters, READ, this.#read);
  }

  /** Where the counters began does not change until all is read: it is looked at with what is there. */
  #look(): boolean {
    this.#copiedTo = 0;
    this.#written = Atomics.load(this.counters, WRITTEN);
    this.#begin = Atomics.load(this.counters, BEGIN);
    return this.#read !== this.#written;
  }
}
