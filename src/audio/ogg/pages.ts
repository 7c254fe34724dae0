/**
 * Cuts a stream of bytes into Ogg pages, and finds the next valid page after damage. Source: RFC 3533 section 6.
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
import { changedByte } from './mend.js';

const HEADER_BYTES = 27;
/** The capture pattern, 'OggS'. */
const PATTERN = [0x4f, 0x67, 0x67, 0x53] as const;
/** A header, and 255 lacing values of 255. */
const MAX_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;

/** The limit of wasted work on a damaged stream: bytes checksummed in vain, a fixed part plus a part per byte read. */
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
  /** Samples up to the end of its last whole packet, as written by the encoder; -1 if no packet ends here. */
  readonly granule: bigint;
  readonly serial: number;
  /** Counts the pages of a logical stream; 32 bits, wraps. */
  readonly sequence: number;
  /** A view, valid until the next call of the reader. */
  readonly lacings: Uint8Array;
  /** A view, valid until the next call of the reader. */
  readonly body: Uint8Array;
}

/** The position of a page in the buffer, or why there is none: more bytes are needed (`'short'`), or no page begins there. */
type Candidate = { readonly end: number; readonly bodyAt: number } | 'short' | 'none';

/** The callbacks for damage. */
export interface PageDamageListener {
  /** A run of bytes that does not belong to a valid page; called when the run is over. */
  skipped(offset: number, bytes: number): void;
  /** A byte was repaired, and its page is valid. */
  mended(offset: number): void;
}

export class OggPageReader {
  #buffer = new Uint8Array(0);
  #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #end = 0;
  /** Offset of the first byte in the buffer, from the start of the source. */
  #base = 0;
  #vain = 0;
  #skippedFrom: number | undefined;
  /** No more bytes will come. */
  #ended = false;
  readonly #listener: PageDamageListener;

  constructor(listener: PageDamageListener) {
    this.#listener = listener;
  }

  /** Must be called before the first bytes if something before them was skipped: offsets count from there. */
  startAt(offset: number): void {
    this.#base = offset;
  }

  /** Whether there is so much damage that continuing would cost too much in proportion to what was read. */
  get hopeless(): boolean {
    return this.#vain > VAIN_BYTES_BASE + VAIN_BYTES_RATIO * (this.#base + this.#end);
  }

  /** Appends bytes of the source. They are copied, so the caller may reuse its memory. */
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

  /** The next page whose checksum is correct, or whose damage can be repaired; undefined if the buffer ends before it does. */
  next(): OggPage | undefined {
    while (!this.hopeless) {
      const candidate = this.#candidate();
      if (candidate === 'short' && !this.#ended) return undefined;
      if (candidate !== 'none') {
        if (candidate !== 'short') {
          if (this.#sound(candidate.end)) return this.#take(candidate.end, candidate.bodyAt);
          this.#vain += candidate.end - this.#start;
        }
        const end = this.#nextPattern();
        if (end === undefined && !this.#ended && this.#end - this.#start < MAX_PAGE_BYTES) return undefined;
        const mended = this.#mend(end ?? this.#end);
        if (mended !== undefined) return mended;
        if (candidate === 'short') return undefined;
      }
      this.#skip();
    }
    return undefined;
  }

  /**
   * Must be called when the source has ended and `next()` returns none: the next valid page after an unfinished one, which in that case was
   * damaged, not cut off. Undefined if there is none.
   */
  nextAtEnd(): OggPage | undefined {
    this.#ended = true;
    const last = this.next();
    if (last !== undefined) return last;
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

  /** Drops the rest, and returns whether it is a page that the source cut off; anything else is reported as skipped. */
  finish(): boolean {
    const left = this.#end - this.#start;
    // After unreadable bytes, a single 'O' is no evidence of a page.
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

  /** Checks as many bytes as there are: the capture pattern, version 0, and only flags that RFC 3533 defines. */
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

  /** The position of the next capture pattern: a page to be repaired ends there, whatever its own lacing values say. */
  #nextPattern(): number | undefined {
    const held = this.#buffer.subarray(0, this.#end);
    for (let at = this.#start + HEADER_BYTES; ; at++) {
      at = held.indexOf(PATTERN[0], at);
      if (at < 0 || at + PATTERN.length > this.#end) return undefined;
      if (PATTERN.every((byte, i) => held[at + i] === byte)) return at;
    }
  }

  /** The page from here to `end`, if one changed byte is its only damage. */
  #mend(end: number): OggPage | undefined {
    const length = end - this.#start;
    if (length < HEADER_BYTES || length > MAX_PAGE_BYTES) return undefined;
    this.#vain += length;
    const changed = changedByte(this.#buffer, this.#start, end, this.#view.getUint32(this.#start + 22, true));
    if (changed === undefined) return undefined;
    this.#buffer[changed.at]! ^= changed.change;
    const candidate = this.#candidate();
    if (typeof candidate === 'object' && candidate.end === end) {
      this.#reportSkipped();
      this.#listener.mended(this.#base + changed.at);
      return this.#take(end, candidate.bodyAt);
    }
    this.#buffer[changed.at]! ^= changed.change;
    return undefined;
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
      granule: this.#view.getBigInt64(at + 6, true),
      serial: this.#view.getUint32(at + 14, true),
      sequence: this.#view.getUint32(at + 18, true),
      lacings: this.#buffer.subarray(at + HEADER_BYTES, bodyAt),
      body: this.#buffer.subarray(bodyAt, end),
    };
  }

  /** Advances to the next byte that may begin a page; the last bytes in the buffer may be the beginning of a pattern. */
  #skip(): void {
    this.#skippedFrom ??= this.#base + this.#start;
    const found = this.#buffer.subarray(0, this.#end).indexOf(PATTERN[0], this.#start + 1);
    this.#start = found < 0 ? this.#end : found;
  }

  #reportSkipped(): void {
    if (this.#skippedFrom === undefined) return;
    this.#listener.skipped(this.#skippedFrom, this.#base + this.#start - this.#skippedFrom);
    this.#skippedFrom = undefined;
  }
}
