/** ID3v2 tags, which some programs put in front of any file. */
import { hasMagic } from './media-sniff.js';

const HEADER_BYTES = 10;
const HAS_FOOTER = 0x10;

/**
 * The length of the ID3v2 tag with which these bytes begin; 0 if there is none. The length is coded in four bytes of seven bits, so that
 * none of them looks like the sync of an MPEG frame. Source: id3.org, ID3 tag version 2.4.0, sections 3.1 and 3.4.
 */
export function id3Bytes(start: Uint8Array): number {
  if (start.length < HEADER_BYTES || !hasMagic(start, 'ID3')) return 0;
  const size = start.subarray(6, 10);
  if (size.some((byte) => byte > 0x7f)) return 0;
  const body = size.reduce((sum, byte) => (sum << 7) | byte, 0);
  return HEADER_BYTES + body + ((start[5]! & HAS_FOOTER) === 0 ? 0 : HEADER_BYTES);
}
