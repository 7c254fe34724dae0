/** Arithmetic on the fixed-width counters of RTP (RFC 3550) and of the voice gateway, which wrap. */

/** `a + b` on 16 bits. */
export function uint16Add(a: number, b: number): number {
  return (a + b) & 0xffff;
}

/** `a + b` on 32 bits, for any integers below 2^53. */
export function uint32Add(a: number, b: number): number {
  return (a + b) >>> 0;
}
