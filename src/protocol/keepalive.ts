/**
 * UDP keepalive: 8 bytes, a u32 counter (little-endian, from 0, wraps) and four zero bytes, so that the NAT mapping outlives
 * a pause. The echo is optional: servers stopped sending it once, and clients that took its absence for death all fell over.
 */
export const KEEPALIVE_BYTES = 8;
/** Milliseconds between two of them. */
export const KEEPALIVE_INTERVAL = 5_000;

export function encodeKeepalive(counter: number): Uint8Array {
  const datagram = new Uint8Array(KEEPALIVE_BYTES);
  new DataView(datagram.buffer).setUint32(0, counter, true);
  return datagram;
}
