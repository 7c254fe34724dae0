/** Finds the one changed byte of an Ogg page, by the checksum alone. */
import { CRC_AT, CRC_BYTES, CRC_OF_BYTE, oggPageCrc } from './crc.js';

/** The byte whose table entry has a given lowest byte. */
const BYTE_BY_LOWEST = Uint8Array.from({ length: 256 }, (_, lowest) => CRC_OF_BYTE.findIndex((crc) => (crc & 0xff) === lowest));

/** A byte of a page, and the value with which it must be XORed. */
export interface ChangedByte {
  readonly at: number;
  readonly change: number;
}

/**
 * The one changed byte of the page from `from` to `to` with this stored checksum; undefined if no single byte, or more than one,
 * explains the difference.
 *
 * A CRC is linear: the checksum of the read bytes, XOR the stored one, is the checksum of the error alone. The checksum of an error in one
 * byte with n bytes after it is that byte's table entry, advanced by n zero bytes. So if the difference is run backwards byte by byte, the
 * register contains only the error at the position of the error. Other damage looks like that with a probability of
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

/** The register before a zero byte was processed. */
function back(register: number): number {
  const top = BYTE_BY_LOWEST[register & 0xff]!;
  return (((register ^ CRC_OF_BYTE[top]!) >>> 8) | (top << 24)) >>> 0;
}

/** The stored checksum itself may have been changed: then the whole difference is in one of its bytes. */
function changeOfChecksum(difference: number, from: number): ChangedByte | undefined {
  for (let byte = 0; byte < CRC_BYTES; byte++) {
    const change = (difference >>> (8 * byte)) & 0xff;
    if ((change << (8 * byte)) >>> 0 === difference) return { at: from + CRC_AT + byte, change };
  }
  return undefined;
}
