/** Classifies a datagram on the media socket by its first bytes and its length: everything shares one socket. */
import { DISCOVERY_BYTES } from './discovery.js';
import { KEEPALIVE_BYTES, parsePong } from './keepalive.js';
import { isRtcp, OPUS_PAYLOAD_TYPE, RTP_HEADER_BYTES } from './rtp.js';

/**
 * - `control`: an answer to a ping, an echo of a keepalive, a reply of IP discovery
 * - `malformed`: too short for RTP, or of another version
 * - `rtcp`, `audio`: as their headers claim; neither is authentic before it is decrypted
 * - `other`: RTP of another payload type: video, and bandwidth probes
 */
export type DatagramKind = 'control' | 'malformed' | 'rtcp' | 'audio' | 'other';

/** What a datagram claims to be. */
export function datagramKind(datagram: Uint8Array): DatagramKind {
  const first = datagram[0]!;
  if (datagram.length < RTP_HEADER_BYTES) return isKeepaliveEcho(datagram) ? 'control' : 'malformed';
  // Version 2: the first byte of a discovery reply is 0.
  if (first >> 6 !== 2) return isDiscoveryReply(datagram) ? 'control' : 'malformed';
  if (isRtcp(datagram)) return 'rtcp';
  return (datagram[1]! & 0x7f) === OPUS_PAYLOAD_TYPE ? 'audio' : 'other';
}

/** The answer to a ping, or an echo of the counter and four zero bytes that other libraries send as a keepalive. */
function isKeepaliveEcho(datagram: Uint8Array): boolean {
  if (datagram.length !== KEEPALIVE_BYTES) return false;
  return parsePong(datagram) !== undefined || datagram.subarray(4).every((byte) => byte === 0);
}

/** A reply to any request: the socket asks once, and a reply may arrive twice. */
function isDiscoveryReply(datagram: Uint8Array): boolean {
  return datagram.length === DISCOVERY_BYTES && datagram[0] === 0 && datagram[1] === 2 && datagram[2] === 0 && datagram[3] === 70;
}
