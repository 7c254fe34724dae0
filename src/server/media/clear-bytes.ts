/** How much of an RTP packet a transport mode leaves in the clear. */
import { RTP_HEADER_BYTES } from '../../protocol/rtp.js';

/**
 * The fixed header; in the rtpsize modes CSRC list and extension preamble too, as the packet's first byte says. RFC 3550 section
 * 5.1.
 */
export function clearBytes(first: number, rtpSize: boolean): number {
  if (!rtpSize) return RTP_HEADER_BYTES;
  return RTP_HEADER_BYTES + (first & 0x0f) * 4 + ((first & 0x10) === 0 ? 0 : 4);
}
