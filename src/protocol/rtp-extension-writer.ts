/** Writes RTP header extensions (RFC 8285), which `rtp-extensions.ts` reads: preamble and elements, in either form. */
import { ONE_BYTE_PROFILE, TWO_BYTE_PROFILE } from './rtp-extensions.js';

/** One element: in the one-byte form an id of 1 to 14 and 1 to 16 bytes of data, in the two-byte form an id of 1 to 255 and 0 to 255 bytes. */
export interface ExtensionElement {
  readonly id: number;
  readonly data: ArrayLike<number>;
}

/**
 * `BEDE ‖ words u16 ‖ (id u4 ‖ length - 1 u4 ‖ data)… ‖ 0…`.
 * @throws RangeError for an element that does not fit the form
 */
export function writeOneByteExtension(elements: readonly ExtensionElement[]): Uint8Array {
  const body = elements.flatMap(({ id, data }) => {
    if (!(id >= 1 && id <= 14 && data.length >= 1 && data.length <= 16))
      throw new RangeError('an element of the one-byte form has an id from 1 to 14, and 1 to 16 bytes');
    return [(id << 4) | (data.length - 1), ...Array.from(data)];
  });
  return extension(ONE_BYTE_PROFILE, body);
}

/**
 * `1000 ‖ words u16 ‖ (id u8 ‖ length u8 ‖ data)… ‖ 0…`.
 * @throws RangeError for an element that does not fit the form
 */
export function writeTwoByteExtension(elements: readonly ExtensionElement[]): Uint8Array {
  const body = elements.flatMap(({ id, data }) => {
    if (!(id >= 1 && id <= 255 && data.length <= 255))
      throw new RangeError('an element of the two-byte form has an id from 1 to 255, and up to 255 bytes');
    return [id, data.length, ...Array.from(data)];
  });
  return extension(TWO_BYTE_PROFILE, body);
}

/** The preamble, and the elements padded to whole words. */
function extension(profile: number, body: readonly number[]): Uint8Array {
  const words = Math.ceil(body.length / 4);
  const bytes = new Uint8Array(4 + words * 4);
  bytes.set([profile >>> 8, profile & 0xff, words >>> 8, words & 0xff]);
  bytes.set(body, 4);
  return bytes;
}
