/** Fields of RTP packets, without a parser's objects. RFC 3550 section 5.1. */
import { RTP_HEADER_BYTES } from '../../protocol/rtp.js';

/**
 * How many bytes a transport mode leaves in the clear: the fixed header; in the rtpsize modes CSRC list and extension preamble too, as the
 * packet's first byte says.
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
