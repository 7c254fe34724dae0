/** The operating system's random bytes: the one place where randomness that nobody passed in comes from. */
import { randomBytes as nodeRandomBytes, randomFillSync } from 'node:crypto';

/** Fetched ahead: a session asks for a few bytes at a time, and each question costs as much as a hundred bytes. */
const ahead = new Uint8Array(512);
let taken = ahead.length;

export function randomBytes(bytes: number): Uint8Array {
  if (bytes > ahead.length) return nodeRandomBytes(bytes);
  if (taken + bytes > ahead.length) {
    randomFillSync(ahead);
    taken = 0;
  }
  const given = ahead.slice(taken, taken + bytes);
  // Given once, and then nowhere but with who has it.
  ahead.fill(0, taken, taken + bytes);
  taken += bytes;
  return given;
}
