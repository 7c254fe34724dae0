/**
 * Cuts a stream of bytes into Ogg pages, and finds the next sound page after damage. Source: RFC 3533 section 6.
 *
 * ```
 *  0      4         5       6                  14       18         22    26          27            27+n
 *  +------+---------+-------+------------------+--------+----------+-----+-----------+-------------+------+
 *  | OggS | version | flags | granule position | serial | sequence | crc | n lacings | lacings (n) | body |   little-endian
 *  +------+---------+-------+------------------+--------+----------+-----+-----------+-------------+------+
 * ```
 * A packet is the run of lacing values up to one below 255; a page that ends in 255 leaves its last packet open.
 */
import { oggPageCrc } from './crc.js';

const HEADER_BYTES = 27;
/** The capture pattern, 'OggS'. */
const PATTERN = [0x4f, 0x67, 0x67, 0x53] as const;

/** What a damaged stream may cost: bytes checksummed in vain, of a fixed part and a part for every byte read. */
const VAIN_BYTES_BASE = 4_194_304;
const VAIN_BYTES_RATIO = 8;

export interface OggPage {
  /** Where the page begins, in bytes from the start of the source. */
  readonly offset: number;
  /** Its first packet began on an earlier page. */
  readonly continued: boolean;
  /** It begins a logical stream. */
  readonly first: boolean;
  /** It ends a logical stream. */
  readonly last: boolean;
  readonly serial: number;
  /** Counts the pages of a logical stream; 32 bits, wraps. */
  readonly sequence: number;
  /** A view, good until the next call of the reader. */
  readonly lacings: Uint8Array;
  /** A view, good until the next call of the reader. */
  readonly body: Uint8Array;
}

/** Where a page stands in the buffer, or why it does not: more bytes are needed (`'short'`), or no page begins there. */
type Candidate = { readonly end: number; readonly bodyAt: number } | 'short' | 'none';

export class OggPageReader {
  #buffer = new Uint8Array(0);
  #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;
  /** Of the first byte in the buffer, from the start of the source. */
  #base = 0;
  #vain = 0;
  #skippedFrom: number | undefined;
  readonly #onSkipped: (offset: number, bytes: number) => void;

  /** @param onSkipped told of each run of bytes that belongs to no sound page, when the run is over */
  constructor(onSkipped: (offset: number, bytes: number) => void) {
    this.#onSkipped = onSkipped;
  }

  /** So much damage that looking further would cost out of proportion to what is read. */
  get hopeless(): boolean {
    return this.#vain > VAIN_BYTES_BASE + VAIN_BYTES_RATIO * (this.#base + this.#end);
  }

  /** Appends bytes of the source. They are copied: the caller may use its memory again. */
  push(bytes: Uint8Array): void {
    const held = this.#end - this.#start;
    const buffer = this.#buffer.length >= held + bytes.length ? this.#buffer : new Uint8Array(2 * (held + bytes.length));
    buffer.set(this.#buffer.subarray(this.#start, this.#end));
    buffer.set(bytes, held);
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#view = new DataView(buffer.buffer);
    }
    this.#base += this.#start;
    this.#start = 0;
    this.#end = held + bytes.length;
  }

  /** The next page whose checksum holds; undefined when the bytes at hand end before it does. */
  next(): OggPage | undefined {
    while (!this.hopeless) {
      const candidate = this.#candidate();
      if (candidate === 'short') return undefined;
      if (candidate !== 'none') {
        if (this.#sound(candidate.end)) return this.#take(candidate.end, candidate.bodyAt);
        this.#vain += candidate.end - this.#start;
      }
      this.#skip();
    }
    return undefined;
  }

  /**
   * To be called when the source has ended and `next()` has none: the next sound page behind an unfinished one, which then was
   * damaged rather than cut off. Undefined when there is none.
   */
  nextAtEnd(): OggPage | undefined {
    const start = this.#start;
    const skippedFrom = this.#skippedFrom;
    while (this.#start < this.#end && !this.hopeless) {
      this.#skip();
      const page = this.next();
      if (page !== undefined) return page;
    }
    this.#start = start;
    this.#skippedFrom = skippedFrom;
    return undefined;
  }

  /** Drops what is left over, and returns whether it is a page that the source cut off; anything else is reported as skipped. */
  finish(): boolean {
    const left = this.#end - this.#start;
    // After unreadable bytes, a lone 'O' says nothing.
    const cutOff = left > 0 && this.#startsLikeAPage() && (left >= PATTERN.length || this.#skippedFrom === undefined);
    if (left > 0 && !cutOff) {
      this.#skippedFrom ??= this.#base + this.#start;
      this.#start = this.#end;
    }
    this.#reportSkipped();
    return cutOff;
  }

  #candidate(): Candidate {
    const at = this.#start;
    const held = this.#end - at;
    if (!this.#startsLikeAPage()) return 'none';
    if (held < HEADER_BYTES) return 'short';
    const bodyAt = at + HEADER_BYTES + this.#buffer[at + 26]!;
    if (bodyAt > this.#end) return 'short';
    let end = bodyAt;
    for (let i = at + HEADER_BYTES; i < bodyAt; i++) end += this.#buffer[i]!;
    return end > this.#end ? 'short' : { end, bodyAt };
  }

  /** As far as there are bytes: the capture pattern, version 0 and no flag that RFC 3533 does not know. */
  #startsLikeAPage(): boolean {
    const held = this.#end - this.#start;
    for (let i = 0; i < PATTERN.length && i < held; i++) {
      if (this.#buffer[this.#start + i] !== PATTERN[i]) return false;
    }
    if (held > 4 && this.#buffer[this.#start + 4] !== 0) return false;
    return held <= 5 || this.#buffer[this.#start + 5]! <= 7;
  }

  #sound(end: number): boolean {
    return oggPageCrc(this.#buffer, this.#start, end) === this.#view.getUint32(this.#start + 22, true);
  }

  #take(end: number, bodyAt: number): OggPage {
    this.#reportSkipped();
    const at = this.#start;
    const flags = this.#buffer[at + 5]!;
    this.#start = end;
    return {
      offset: this.#base + at,
      continued: (flags & 1) !== 0,
      first: (flags & 2) !== 0,
      last: (flags & 4) !== 0,
      serial: this.#view.getUint32(at + 14, true),
      sequence: this.#view.getUint32(at + 18, true),
      lacings: this.#buffer.subarray(at + HEADER_BYTES, bodyAt),
      body: this.#buffer.subarray(bodyAt, end),
    };
  }

  /** Goes on to the next byte that may begin a page; the last few bytes at hand may be the first of a pattern. */
  #skip(): void {
    this.#skippedFrom ??= this.#base + this.#start;
    const found = this.#buffer.subarray(0, this.#end).indexOf(PATTERN[0], this.#start + 1);
    this.#start = found < 0 ? this.#end : found;
  }

  #reportSkipped(): void {
    if (this.#skippedFrom === undefined) return;
    this.#onSkipped(this.#skippedFrom, this.#base + this.#start - this.#skippedFrom);
    this.#skippedFrom = undefined;
  }
}
