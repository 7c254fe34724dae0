/** Blocks: one or more packets of one track, with their time. Source: RFC 9559 sections 10 and 10.3 (lacing). */

const HEADER_AFTER_TRACK = 3;

/** A parsed block. The packets are views of its body. */
export interface Block {
  readonly track: number;
  /** In ticks, relative to the cluster. */
  readonly time: number;
  readonly packets: readonly Uint8Array[];
}

/** An EBML number: its value without the length bits, and its length in bytes; undefined if it is cut off. */
function number(bytes: Uint8Array, at: number): { readonly value: number; readonly bytes: number } | undefined {
  const first = bytes[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (length > 8 || at + length > bytes.length) return undefined;
  let value = first & (0xff >> length);
  for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i]!;
  return { value, bytes: length };
}

/**
 * Parses a block; undefined if it is invalid.
 *
 * ```
 *  +--------------+------+-------+------------------+---------+
 *  | track (vint) | time | flags | lacing, if so    | packets |    time: 16 bits, signed; flags & 6: 0 one packet, 2 Xiph, 4 equal, 6 EBML
 *  +--------------+------+-------+------------------+---------+
 * ```
 */
export function readBlock(body: Uint8Array): Block | undefined {
  const track = number(body, 0);
  if (track === undefined || body.length < track.bytes + HEADER_AFTER_TRACK) return undefined;
  const time = ((body[track.bytes]! << 24) >> 16) | body[track.bytes + 1]!;
  const flags = body[track.bytes + 2]!;
  const data = body.subarray(track.bytes + HEADER_AFTER_TRACK);
  const packets = (flags & 6) === 0 ? [data] : laced(data, flags & 6);
  return packets === undefined ? undefined : { track: track.value, time, packets };
}

/** Several packets in one block: their number minus one, the lengths of all but the last, the packets. */
function laced(data: Uint8Array, lacing: number): Uint8Array[] | undefined {
  if (data.length === 0) return undefined;
  const count = data[0]! + 1;
  const sizes = lacing === 2 ? xiphSizes(data, count) : lacing === 6 ? ebmlSizes(data, count) : equalSizes(data, count);
  if (sizes === undefined) return undefined;
  const packets: Uint8Array[] = [];
  let at = sizes.end;
  for (const size of sizes.lengths) {
    packets.push(data.subarray(at, at + size));
    at += size;
  }
  if (at > data.length || sizes.lengths.some((size) => size < 0)) return undefined;
  return [...packets, data.subarray(at)];
}

interface Sizes {
  /** The lengths of all packets but the last. */
  readonly lengths: readonly number[];
  /** Where the packets begin. */
  readonly end: number;
}

function xiphSizes(data: Uint8Array, count: number): Sizes | undefined {
  const lengths: number[] = [];
  let at = 1;
  while (lengths.length < count - 1) {
    let length = 0;
    let byte: number | undefined;
    do {
      byte = data[at++];
      if (byte === undefined) return undefined;
      length += byte;
    } while (byte === 255);
    lengths.push(length);
  }
  return { lengths, end: at };
}

/** The first length, then differences: EBML numbers with an offset, so that the middle of their range is 0. */
function ebmlSizes(data: Uint8Array, count: number): Sizes | undefined {
  const lengths: number[] = [];
  let at = 1;
  while (lengths.length < count - 1) {
    const next = number(data, at);
    if (next === undefined) return undefined;
    const before = lengths.at(-1);
    lengths.push(before === undefined ? next.value : before + next.value - (2 ** (7 * next.bytes - 1) - 1));
    at += next.bytes;
  }
  return { lengths, end: at };
}

function equalSizes(data: Uint8Array, count: number): Sizes | undefined {
  const length = (data.length - 1) / count;
  return Number.isInteger(length) ? { lengths: Array.from({ length: count - 1 }, () => length), end: 1 } : undefined;
}
