/** The operating system's random bytes: the only source of randomness that is not passed in. */
import { randomBytes as nodeRandomBytes, randomFillSync } from 'node:crypto';

/** Fetched in advance: a session needs a few bytes at a time, and each call to the system costs as much as a hundred bytes. */
const ahead = new Uint8Array(512);
let taken = ahead.length;

export function randomBytes(bytes: number): Uint8Array {
  if (bytes > ahead.length) return nodeRandomBytes(bytes);
  if (taken + bytes > ahead.length) {
    randomFillSync(ahead);
    taken = 0;
  }
  const given = ahead.slice(taken, taken + bytes);
  // Erased here, so that the bytes are given only once, and only the caller has them.
  ahead.fill(0, taken, taken + bytes);
  taken += bytes;
  return given;
}
