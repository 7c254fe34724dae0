/** Finds the one byte of an Ogg page that was changed, by the checksum alone. */
import { CRC_AT, CRC_BYTES, CRC_OF_BYTE, oggPageCrc } from './crc.js';

/** The byte whose checksum ends in a given byte. */
const BYTE_BY_LOWEST = Uint8Array.from({ length: 256 }, (_, lowest) => CRC_OF_BYTE.findIndex((crc) => (crc & 0xff) === lowest));

/** A byte of a page, and what it is to be XORed with. */
export interface ChangedByte {
  readonly at: number;
  readonly change: number;
}

/**
 * The one changed byte of the page from `from` to `to` with this stored checksum; undefined when no single byte explains the
 * difference, or more than one does.
 *
 * A CRC is linear: the checksum of what was read, XOR the stored one, is the checksum of the error alone. An error in one byte with n
 * bytes behind it is that byte's table entry, driven on by n bytes of 0; so driving the difference backwards byte by byte gives, at
 * the place of the error, a register that holds nothing but the error. Other damage looks like that with a chance of
 * length × 255 / 2³²: one in 2000 for a page of 8 KB.
 *
 * Source: RFC 3533 section 6 (the checksum); W. W. Peterson and D. T. Brown, Cyclic Codes for Error Detection, 1961 (its linearity).
 */
export function changedByte(bytes: Uint8Array, from: number, to: number, stored: number): ChangedByte | undefined {
  let register = (oggPageCrc(bytes, from, to) ^ stored) >>> 0;
  if (register === 0) return undefined;
  let found = changeOfChecksum(register, from);
  for (let at = to - 1; at >= from; at--) {
    register = back(register);
    const inChecksum = at >= from + CRC_AT && at < from + CRC_AT + CRC_BYTES;
    if ((register & 0xff_ffff) !== 0 || inChecksum) continue;
    if (found !== undefined) return undefined;
    found = { at, change: register >>> 24 };
  }
  return found;
}

/** The register before a byte of 0 was taken in. */
function back(register: number): number {
  const top = BYTE_BY_LOWEST[register & 0xff]!;
  return (((register ^ CRC_OF_BYTE[top]!) >>> 8) | (top << 24)) >>> 0;
}

/** The stored checksum itself may be what was changed: then the difference is all in one of its bytes. */
function changeOfChecksum(difference: number, from: number): ChangedByte | undefined {
  for (let byte = 0; byte < CRC_BYTES; byte++) {
    const change = (difference >>> (8 * byte)) & 0xff;
    if ((change << (8 * byte)) >>> 0 === difference) return { at: from + CRC_AT + byte, change };
  }
  return undefined;
}
