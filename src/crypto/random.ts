/** The operating system's random bytes: the one place where randomness that nobody passed in comes from. */
import { randomBytes as nodeRandomBytes } from 'node:crypto';

export function randomBytes(bytes: number): Uint8Array {
  return nodeRandomBytes(bytes);
}
