/** Fields of RTP packets, read without allocating objects. RFC 3550 section 5.1. */
import { RTP_HEADER_BYTES } from '../../protocol/rtp.js';

/**
 * How many bytes a transport mode leaves unencrypted: the fixed header. In the rtpsize modes also the CSRC list and the extension preamble, whose
 * presence is in the packet's first byte.
 */
export function clearBytes(first: number, rtpSize: boolean): number {
  if (!rtpSize) return RTP_HEADER_BYTES;
  return RTP_HEADER_BYTES + (first & 0x0f) * 4 + ((first & 0x10) === 0 ? 0 : 4);
}

export function readSequence(rtp: Uint8Array): number {
  return (rtp[2]! << 8) | rtp[3]!;
}

export function writeSequence(rtp: Uint8Array, sequence: number): void {
  rtp[2] = sequence >>> 8;
  rtp[3] = sequence;
}
