/**
 * Encodes messages of the wire as bytes: JSON, followed by the raw bytes that the messages contain. Layout: the length of the JSON (4 bytes,
 * big-endian), the JSON, the byte arrays one after the other.
 *
 * A value that JSON cannot express becomes an object with one field whose name begins with `$`: `$b` bytes and `$f` 64-bit floats (the value is the
 * length in bytes), `$m` a Map, `$s` a Set, `$n` NaN or an infinity, and `$o` an object whose only field begins with `$` itself.
 * `v8.serialize` is as compact, but a bot and a node with different Node versions could not read each other's data, and it is not made for
 * untrusted input from a network.
 */
const HEADER_BYTES = 4;
const NUMBER_BYTES = 8;

export function encodeValue(value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  const json = new TextEncoder().encode(JSON.stringify(toJson(value, parts)) ?? 'null');
  const bytes = new Uint8Array(HEADER_BYTES + json.length + parts.reduce((sum, { length }) => sum + length, 0));
  new DataView(bytes.buffer).setUint32(0, json.length);
  bytes.set(json, HEADER_BYTES);
  let at = HEADER_BYTES + json.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** @throws SyntaxError or RangeError if the bytes are not a valid message */
export function decodeValue(bytes: Uint8Array): unknown {
  if (bytes.length < HEADER_BYTES) throw new RangeError('too short for a message');
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0);
  const json = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length));
  return fromJson(JSON.parse(json), new Bytes(bytes.subarray(HEADER_BYTES + length)));
}

function toJson(value: unknown, parts: Uint8Array[]): unknown {
  const inner = (one: unknown): unknown => toJson(one, parts);
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $n: String(value) };
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Float64Array) return { $f: push(parts, numbersToBytes(value)) };
  if (value instanceof Uint8Array) return { $b: push(parts, value) };
  if (value instanceof Map) return { $m: [...value].map(inner) };
  if (value instanceof Set) return { $s: [...value].map(inner) };
  const fields = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(one)]));
  return isMarked(Object.keys(fields)) ? { $o: fields } : fields;
}

function fromJson(value: unknown, bytes: Bytes): unknown {
  const inner = (one: unknown): unknown => fromJson(one, bytes);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inner);
  const keys = Object.keys(value);
  const plain = (fields: object): unknown => Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, inner(one)]));
  if (!isMarked(keys)) return plain(value);
  const [[mark, of]] = Object.entries(value) as [[string, unknown]];
  switch (mark) {
    case '$b':
      return bytes.take(Number(of));
    case '$f':
      return bytesToNumbers(bytes.take(Number(of)));
    case '$m':
      return new Map((inner(of) as [unknown, unknown][]).values());
    case '$s':
      return new Set(inner(of) as unknown[]);
    case '$n':
      return Number(of);
    case '$o':
      return plain(of as object);
    default:
      throw new SyntaxError(`there is no '${mark}' in a message`);
  }
}

function isMarked(keys: readonly string[]): boolean {
  return keys.length === 1 && keys[0]!.startsWith('$');
}

function push(parts: Uint8Array[], bytes: Uint8Array): number {
  parts.push(bytes);
  return bytes.length;
}

function numbersToBytes(numbers: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(numbers.length * NUMBER_BYTES));
  for (const [i, number] of numbers.entries()) view.setFloat64(i * NUMBER_BYTES, number, true);
  return new Uint8Array(view.buffer);
}

function bytesToNumbers(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float64Array.from({ length: bytes.length / NUMBER_BYTES }, (_, i) => view.getFloat64(i * NUMBER_BYTES, true));
}

/** Reads the byte arrays after the JSON, in order. */
class Bytes {
  #rest: Uint8Array;

  constructor(rest: Uint8Array) {
    this.#rest = rest;
  }

  /** Returns a copy, so that keeping one array does not keep the whole message in memory. */
  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.#rest.length)) throw new RangeError('a message is shorter than it says');
    const bytes = this.#rest.slice(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }
}
