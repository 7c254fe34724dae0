/**
 * UDP keepalive: 8 bytes, so that the NAT mapping outlives a pause.
 *
 * We send the official client's ping, `13 37 CA FE` and a u32 sequence number, big-endian; its answer is `13 37 F0 0D` and the same
 * number. Other libraries send a u32 counter, little-endian, and four zero bytes. An answer is optional: servers stopped sending
 * one once, and clients that took its absence for death all fell over.
 */
export const KEEPALIVE_BYTES = 8;
/** Milliseconds between two of them. */
export const KEEPALIVE_INTERVAL = 5_000;
const PING = 0x1337cafe;
const PONG = 0x1337f00d;

/** The ping of this number. */
export function encodePing(sequence: number): Uint8Array {
  const datagram = new Uint8Array(KEEPALIVE_BYTES);
  const view = new DataView(datagram.buffer);
  view.setUint32(0, PING);
  view.setUint32(4, sequence);
  return datagram;
}

/** The number of the ping that a datagram answers; undefined for any other datagram. A ping that comes back as it was is an answer too. */
export function parsePong(datagram: Uint8Array): number | undefined {
  if (datagram.length !== KEEPALIVE_BYTES) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset, KEEPALIVE_BYTES);
  const magic = view.getUint32(0);
  return magic === PONG || magic === PING ? view.getUint32(4) : undefined;
}

/** What the official voice server answers a ping with: the same number behind its own magic one. Undefined where it is no ping. */
export function answerPing(datagram: Uint8Array): Uint8Array | undefined {
  if (datagram.length !== KEEPALIVE_BYTES) return undefined;
  const pong = datagram.slice();
  const view = new DataView(pong.buffer);
  if (view.getUint32(0) !== PING) return undefined;
  view.setUint32(0, PONG);
  return pong;
}
