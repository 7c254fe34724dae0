/**
 * The TLS presentation language as MLS uses it: big-endian numbers, and vectors with their length in bytes before them.
 *
 * ```
 * length < 64        00nnnnnn
 * length < 16 384    01nnnnnn nnnnnnnn
 * length < 2^30      10nnnnnn nnnnnnnn nnnnnnnn nnnnnnnn
 * ```
 *
 * A first byte of 11…, and a form longer than needed, are errors. Source: RFC 9420 section 2.1.2.
 */
import type { Read } from '../../../protocol/payloads.js';

const LONGEST_VECTOR = 0x3fffffff;

/** The bytes are malformed. It never leaves {@link decode}. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
}

/** Reads from the front. It returns views into `bytes`; every method throws a {@link TlsError} past the end. */
export class TlsReader {
  #at = 0;
  readonly #view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#at;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.bytes.length - this.#at;
  }

  /** Like all numbers, unsigned and big-endian. */
  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4));
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8));
  }

  /** The content of a vector. */
  vector(): Uint8Array {
    const start = this.#advance(this.#length());
    return this.bytes.subarray(start, this.#at);
  }

  /** The bytes read since `offset` was `start`. */
  since(start: number): Uint8Array {
    return this.bytes.subarray(start, this.#at);
  }

  /** @throws TlsError unless the value read is `expected` */
  expect(value: number, expected: number, what: string): void {
    if (value !== expected) throw new TlsError(`${what} is ${value}, not ${expected}`);
  }

  /** @throws TlsError if bytes are left */
  end(): void {
    if (this.remaining > 0) throw new TlsError(`${this.remaining} bytes too many`);
  }

  #advance(count: number): number {
    const start = this.#at;
    if (count > this.remaining) throw new TlsError(`${count} bytes wanted, ${this.remaining} left`);
    this.#at += count;
    return start;
  }

  #length(): number {
    const first = this.u8();
    const form = first >>> 6;
    if (form === 3) throw new TlsError('a length begins with 11');
    let length = first & 0x3f;
    for (let more = (1 << form) - 1; more > 0; more -= 1) length = length * 256 + this.u8();
    if (form > 0 && length < (form === 1 ? 0x40 : 0x4000)) throw new TlsError('a length takes more bytes than it needs');
    return length;
  }
}

/** Reads the whole of `bytes`. Returns a text if they are malformed, or if bytes are left. */
export function decode<T extends object>(bytes: Uint8Array, read: (reader: TlsReader) => T): Read<T> {
  try {
    const reader = new TlsReader(bytes);
    const value = read(reader);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof TlsError) return error.message;
    throw error;
  }
}

/** Reads items until the content of a vector is used up. */
export function items<T>(content: Uint8Array, read: (reader: TlsReader) => T): T[] {
  const reader = new TlsReader(content);
  const list: T[] = [];
  while (reader.remaining > 0) list.push(read(reader));
  return list;
}

/** Joins parts, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** An unsigned number of 1, 2 or 4 bytes. */
export function uint(value: number, bytes: 1 | 2 | 4): Uint8Array {
  const out = new Uint8Array(bytes);
  for (let i = bytes - 1, rest = value; i >= 0; i -= 1, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  return out;
}

/** An unsigned number of 8 bytes. */
export function uint64(value: bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, value);
  return out;
}

/** Content with its length before it. @throws RangeError from 2^30 bytes on, which no form can hold */
export function vector(...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concat(lengthPrefix(length), ...parts);
}

/** The length of a vector, in the shortest form. */
export function lengthPrefix(length: number): Uint8Array {
  if (length < 0x40) return uint(length, 1);
  if (length < 0x4000) return uint(0x4000 + length, 2);
  if (length <= LONGEST_VECTOR) return uint(0x80000000 + length, 4);
  throw new RangeError(`no MLS vector holds ${length} bytes`);
}
