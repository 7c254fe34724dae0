/**
 * The nonce counters of a process, by key. A key ought to be new for each Identify, but the server generates it, and if it sends the same key twice,
 * we must not use a nonce twice. So the counter of a known key continues where it was, also while its first session is still alive.
 */
import { createHash } from 'node:crypto';
import { NonceCounter, NONCES } from './nonce-counter.js';

/** The number of keys that are remembered, the latest ones: about 200 bytes each. For a forgotten key, only the random start keeps nonces apart. */
const MAX_KEYS = 4_096;

/** Keyed by the SHA-256 of the key, so that the key itself is not kept for so long. */
const counters = new Map<string, NonceCounter>();

/**
 * The client's counter for a key: in the upper half of the range, and the same object for each call.
 *
 * @param random supplies four bytes that choose where the counter of a new key starts
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
