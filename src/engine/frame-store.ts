/**
 * Frames that wait to be played, in memory that is used again and again. The pieces in which they arrived would wait with them for half a second:
 * V8 counts the bytes of such pieces as memory that it is responsible for, and with many plays it collected garbage because of them alone. A frame becomes an
 * object only when it is played.
 *
 * ```
 *            oldest            end
 *   ---------v=================v--xxx     =: frames   x: skipped, because the next batch did not fit before the end of the memory
 *   =====v                 v==========
 *        end               oldest
 * ```
 */
import type { FrameBatch } from './frame-batch.js';

/** Bytes. Half a second at 64 kbit/s. */
const LEAST_BYTES = 4_096;
/** Frames. */
const LEAST_FRAMES = 32;

export class FrameStore {
  #bytes = new Uint8Array(0);
  /** Read once, because access to `buffer` leaves V8's optimised code. */
  #buffer = this.#bytes.buffer;
  /** Where each frame begins, and its length: a ring of pairs. The number of pairs is a power of two. */
  #places = new Int32Array(0);
  /** How many frames were put in and taken out so far. */
  #put = 0;
  #taken = 0;
  /** Where the frame begins that was taken last: it stays until the next one is taken. */
  #oldest = 0;
  #end = 0;

  /** The number of frames left. */
  get length(): number {
    return this.#put - this.#taken;
  }

  /** Copies the frames of a batch. */
  add({ bytes, lengths }: FrameBatch): void {
    if (this.length + lengths.length > this.#places.length / 2) this.#makePlaces(this.length + lengths.length);
    const room = this.#roomFor(bytes.length);
    if (room === undefined) this.#makeRoom(bytes.length);
    let at = room ?? this.#end;
    this.#bytes.set(bytes, at);
    for (const length of lengths) {
      this.#place(this.#put, at, length);
      this.#put += 1;
      at += length;
    }
    this.#end = at;
  }

  /** The oldest frame, as a view that is valid until the next frame is taken; undefined if there is none. */
  take(): Uint8Array | undefined {
    if (this.#taken === this.#put) return undefined;
    const pair = this.#pairOf(this.#taken);
    const at = this.#places[pair]!;
    this.#taken += 1;
    this.#oldest = at;
    // Takes half the time of `subarray`.
    return new Uint8Array(this.#buffer, at, this.#places[pair + 1]!);
  }

  /** Drops the frames and the memory. */
  clear(): void {
    this.#use(0);
    this.#put = this.#taken = 0;
  }

  /** Where so many bytes fit in one piece; undefined if they do not fit. */
  #roomFor(bytes: number): number | undefined {
    const [oldest, end] = [this.#oldest, this.#end];
    // If both meet, nothing but the frame that was taken last can be there, and it is empty.
    if (end < oldest) return end + bytes < oldest ? end : undefined;
    if (end + bytes <= this.#bytes.length) return end;
    return bytes < oldest ? 0 : undefined;
  }

  /** Moves to new memory, with room for so many bytes more. A frame that was taken keeps the old memory. */
  #makeRoom(bytes: number): void {
    const old = this.#bytes;
    let waiting = 0;
    for (let frame = this.#taken; frame < this.#put; frame += 1) waiting += this.#places[this.#pairOf(frame) + 1]!;
    this.#use(powerOfTwo(Math.max(LEAST_BYTES, 2 * (waiting + bytes))));
    for (let frame = this.#taken; frame < this.#put; frame += 1) {
      const pair = this.#pairOf(frame);
      const [from, length] = [this.#places[pair]!, this.#places[pair + 1]!];
      this.#bytes.set(old.subarray(from, from + length), this.#end);
      this.#place(frame, this.#end, length);
      this.#end += length;
    }
  }

  #use(bytes: number): void {
    this.#bytes = new Uint8Array(bytes);
    this.#buffer = this.#bytes.buffer;
    this.#oldest = this.#end = 0;
  }

  #makePlaces(frames: number): void {
    const [old, pairs] = [this.#places, powerOfTwo(Math.max(LEAST_FRAMES, frames))];
    const before = old.length / 2;
    this.#places = new Int32Array(2 * pairs);
    for (let frame = this.#taken; frame < this.#put; frame += 1) {
      const pair = 2 * (frame & (before - 1));
      this.#place(frame, old[pair]!, old[pair + 1]!);
    }
  }

  #place(frame: number, at: number, length: number): void {
    const pair = this.#pairOf(frame);
    this.#places[pair] = at;
    this.#places[pair + 1] = length;
  }

  #pairOf(frame: number): number {
    return 2 * (frame & (this.#places.length / 2 - 1));
  }
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(least));
}
