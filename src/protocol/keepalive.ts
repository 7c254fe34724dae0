/**
 * UDP keepalive: 8 bytes, so that the NAT mapping outlives a pause.
 *
 * We send the official client's ping, `13 37 CA FE` and a u32 sequence number, big-endian; its answer is `13 37 F0 0D` and the same number. Other
 * libraries send a u32 counter, little-endian, and four zero bytes. An answer is optional: servers once stopped sending it, and clients that treated
 * its absence as a lost connection failed.
 */
export const KEEPALIVE_BYTES = 8;
/** The interval between two pings, in ms. */
export const KEEPALIVE_INTERVAL = 5_000;
const PING = 0x1337cafe;
const PONG = 0x1337f00d;

/** The ping with this number. */
export function encodePing(sequence: number): Uint8Array {
  const datagram = new Uint8Array(KEEPALIVE_BYTES);
  const view = new DataView(datagram.buffer);
  view.setUint32(0, PING);
  view.setUint32(4, sequence);
  return datagram;
}

/** The number of the ping that a datagram answers; undefined for any other datagram. An echo of the ping is also an answer. */
export function parsePong(datagram: Uint8Array): number | undefined {
  if (datagram.length !== KEEPALIVE_BYTES) return undefined;
  const view = new DataView(datagram.buffer, datagram.byteOffset, KEEPALIVE_BYTES);
  const magic = view.getUint32(0);
  return magic === PONG || magic === PING ? view.getUint32(4) : undefined;
}

/** The official voice server's answer to a ping: the same number after its own magic number. Undefined if the datagram is not a ping. */
export function answerPing(datagram: Uint8Array): Uint8Array | undefined {
  if (datagram.length !== KEEPALIVE_BYTES) return undefined;
  const pong = datagram.slice();
  const view = new DataView(pong.buffer);
  if (view.getUint32(0) !== PING) return undefined;
  view.setUint32(0, PONG);
  return pong;
}
