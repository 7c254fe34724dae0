/** Names that nobody else has: of nodes, processes and links. */
import { randomBytes } from '../crypto/random.js';

const BYTES = 8;

export function freshName(): string {
  return Buffer.from(randomBytes(BYTES)).toString('hex');
}
