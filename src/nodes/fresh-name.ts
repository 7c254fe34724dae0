/** Random values: unique names for nodes, processes and links, and numbers for choosing one of several. */
import { randomBytes } from '../crypto/random.js';

const BYTES = 8;
const SHARE_BYTES = 4;

export function freshName(): string {
  return Buffer.from(randomBytes(BYTES)).toString('hex');
}

/** A number from 0 up to 1. */
export function randomShare(): number {
  return Buffer.from(randomBytes(SHARE_BYTES)).readUInt32BE() / 2 ** 32;
}
