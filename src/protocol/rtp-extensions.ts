/**
 * RTP header extensions (RFC 8285): finds an element. The profile, in the preamble of the extension, determines the form of the elements.
 *
 * ```
 * BEDE   id u4 ‖ length - 1 u4 ‖ data    id 0 is a byte of padding; id 15 ends the list
 * 100x   id u8 ‖ length u8 ‖ data        id 0 is a byte of padding
 * ```
 */

/** The profile of elements with a header of one byte. RFC 8285 section 4.2. */
export const ONE_BYTE_PROFILE = 0xbede;
/** The profile of elements with a header of two bytes; its low four bits belong to the application. RFC 8285 section 4.3. */
export const TWO_BYTE_PROFILE = 0x1000;
/** Client-to-mixer audio level: `voice u1 ‖ -dBov u7`. RFC 6464. */
export const EXTENSION_AUDIO_LEVEL = 1;
/** Discord's own extension: one byte, 1 priority, 2 voice, 4 soundshare; 0 stands for voice. Source: docs.discord.food, RTP. */
export const EXTENSION_SPEAKING = 9;
const STOP = 15;

/**
 * The offset of the first data byte of the element `id` in `bytes`, between `from` and `to`; -1 if there is none, or it has no data, or an element
 * before it is malformed. The first match counts. Never throws, and allocates nothing.
 */
export function extensionElement(bytes: Uint8Array, from: number, to: number, profile: number, id: number): number {
  if (profile === ONE_BYTE_PROFILE) return oneByteElement(bytes, from, to, id);
  return (profile & 0xfff0) === TWO_BYTE_PROFILE ? twoByteElement(bytes, from, to, id) : -1;
}

function oneByteElement(bytes: Uint8Array, from: number, to: number, id: number): number {
  let at = from;
  while (at < to) {
    const header = bytes[at]!;
    const found = header >> 4;
    at += 1;
    if (header === 0) continue;
    // Padding with a length ends the list, like id 15: RFC 8285 section 4.2.
    if (found === 0 || found === STOP) return -1;
    const end = at + (header & 0x0f) + 1;
    if (end > to) return -1;
    if (found === id) return at;
    at = end;
  }
  return -1;
}

function twoByteElement(bytes: Uint8Array, from: number, to: number, id: number): number {
  let at = from;
  while (at < to) {
    const found = bytes[at]!;
    at += 1;
    if (found === 0) continue;
    if (at >= to) return -1;
    const length = bytes[at]!;
    at += 1;
    if (at + length > to) return -1;
    if (found === id) return length > 0 ? at : -1;
    at += length;
  }
  return -1;
}
