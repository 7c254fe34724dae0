/** A place in a source of bytes, for formats whose elements say how long they are. */
import type { ByteSource } from './byte-source.js';

/** Reads ahead as far as it is asked to, and no further than the piece that has it. */
export class ByteCursor {
  readonly #source: ByteSource;
  #buffer: Uint8Array = new Uint8Array(0);
  /** The buffer is ours to write to; else it is a piece of the source. */
  #own = false;
  #start = 0;
  #end = 0;
  #offset: number;

  /** @param offset of the first byte that the source will give */
  constructor(source: ByteSource, offset = source.bytesRead) {
    this.#source = source;
    this.#offset = offset;
  }

  /** Of the next byte, from the start of the source. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes at hand. */
  get held(): number {
    return this.#end - this.#start;
  }

  /** The bytes at hand: a view, good until the next `fill()` or `skip()`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Reads until `length` bytes are at hand. False: the source ended before. */
  async fill(length: number): Promise<boolean> {
    while (this.held < length) {
      // The source may use its memory again when it is asked for more.
      if (this.held > 0) this.#keep(0);
      const piece = await this.#source.read();
      if (piece === undefined) return false;
      this.#append(piece);
    }
    return true;
  }

  /** Goes on by so many bytes, at hand or not. False: the source ended before. */
  async skip(length: number): Promise<boolean> {
    let left = length;
    while (left > this.held) {
      left -= this.held;
      this.take(this.held);
      if (!(await this.fill(1))) return false;
    }
    this.take(left);
    return true;
  }

  /** Goes on by so many of the bytes at hand. */
  take(length: number): void {
    this.#start += length;
    this.#offset += length;
  }

  #append(piece: Uint8Array): void {
    const { held } = this;
    if (held === 0) {
      this.#buffer = piece;
      this.#own = false;
      this.#start = 0;
    } else {
      this.#keep(piece.length);
      this.#buffer.set(piece, this.#end);
    }
    this.#end = this.#start + held + piece.length;
  }

  /** Makes the bytes at hand ours, with room for more. */
  #keep(room: number): void {
    if (this.#own && this.#buffer.length - this.#end >= room) return;
    const { held } = this;
    // Twice the room that is needed, so that a long element is not copied for each of its pieces.
    const buffer = new Uint8Array(2 * (held + room));
    buffer.set(this.bytes);
    this.#buffer = buffer;
    this.#own = true;
    this.#start = 0;
    this.#end = held;
  }
}
