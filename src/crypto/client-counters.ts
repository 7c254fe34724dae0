/**
 * The nonce counters of a process, by the key they count for. A key ought to be new for each Identify; but it is the server that makes it,
 * and one that gives the same twice must not have us seal twice under one nonce. So a key that was seen before goes on where it was, also
 * while its first session is still alive.
 */
import { createHash } from 'node:crypto';
import { NonceCounter, NONCES } from './nonce-counter.js';

/** Keys that are remembered, the latest: some 200 bytes each. Of one that is forgotten only the random start keeps nonces apart. */
const MAX_KEYS = 4_096;

/** By the SHA-256 of the key: what is kept for so long is not the key itself. */
const counters = new Map<string, NonceCounter>();

/**
 * The client's counter for a key: in the upper half, and the same one each time.
 *
 * @param random four bytes of it choose where a new key begins
 */
export function clientCounter(key: Uint8Array, random: (bytes: number) => Uint8Array): NonceCounter {
  const name = createHash('sha256').update(key).digest('base64');
  const counter = counters.get(name) ?? new NonceCounter(startIn(random(4)));
  counters.delete(name);
  counters.set(name, counter);
  if (counters.size > MAX_KEYS) counters.delete(counters.keys().next().value!);
  return counter;
}

function startIn([a = 0, b = 0, c = 0, d = 0]: Uint8Array): number {
  return NONCES + (((a << 24) | (b << 16) | (c << 8) | d) >>> 1);
}
