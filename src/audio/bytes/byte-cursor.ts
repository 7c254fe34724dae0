/** A position in a byte source, for formats whose elements tell their length. */
import type { ByteSource } from './byte-source.js';

/** Reads ahead only as far as requested, up to the end of the piece that contains it. */
export class ByteCursor {
  readonly #source: ByteSource;
  #buffer: Uint8Array = new Uint8Array(0);
  /** Whether the buffer may be written to; otherwise it is a piece of the source. */
  #own = false;
  #start = 0;
  #end = 0;
  #offset: number;

  /** @param offset of the first byte that the source will give */
  constructor(source: ByteSource, offset = source.bytesRead) {
    this.#source = source;
    this.#offset = offset;
  }

  /** Offset of the next byte, from the start of the source. */
  get offset(): number {
    return this.#offset;
  }

  /** Number of buffered bytes. */
  get held(): number {
    return this.#end - this.#start;
  }

  /** The buffered bytes: a view, valid until the next `fill()` or `skip()`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Reads until `length` bytes are buffered. False if the source ended before. */
  async fill(length: number): Promise<boolean> {
    while (this.held < length) {
      // The source may reuse its memory when it is asked for more.
      if (this.held > 0) this.#keep(0);
      const piece = await this.#source.read();
      if (piece === undefined) return false;
      this.#append(piece);
    }
    return true;
  }

  /** Advances by this many bytes, buffered or not. False if the source ended before. */
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

  /** Advances by this many buffered bytes. */
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

  /** Copies the buffered bytes to an own buffer, with room for more. */
  #keep(room: number): void {
    if (this.#own && this.#buffer.length - this.#end >= room) return;
    const { held } = this;
    // Twice the size that is needed, so that a long element is not copied again for each of its pieces.
    const buffer = new Uint8Array(2 * (held + room));
    buffer.set(this.bytes);
    this.#buffer = buffer;
    this.#own = true;
    this.#start = 0;
    this.#end = held;
  }
}
