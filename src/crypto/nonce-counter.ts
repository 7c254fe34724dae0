/**
 * The 32-bit packet counter that makes a nonce unique under one key: four bytes, appended to the packet verbatim. Their order
 * is the sender's own affair, since the receiver only copies them; the official client writes little-endian.
 *
 * Both ends of a voice connection seal under the same key, and so each counts in a half of its own, which it never leaves: a client in
 * the upper one, as the official client does, our server in the lower.
 */

/** What a counter has in a packet. */
export const COUNTER_BYTES = 4;
/** The values of one half: 497 days at 50 packets a second. */
export const NONCES = 2 ** 31;

/** Copies a counter between a packet and a nonce. By the byte: a view of four bytes costs more than the four. */
export function copyCounter(from: Uint8Array, at: number, to: Uint8Array, toAt: number): void {
  for (let i = 0; i < COUNTER_BYTES; i += 1) to[toAt + i] = from[at + i]!;
}

/** Counts through one half of the values, once, from any start in it. */
export class NonceCounter {
  readonly #half: number;
  /** Within the half: a number that V8 need not make an object of. */
  #next: number;
  #left: number;

  /**
   * @param start the first value, which chooses the half too
   * @param count how many values to write at most
   */
  constructor(start: number, count = NONCES) {
    this.#left = count;
    this.#half = start >>> 0 < NONCES ? 0 : NONCES;
    this.#next = (start >>> 0) % NONCES;
  }

  /** How many values were not written yet. */
  get left(): number {
    return this.#left;
  }

  /**
   * Writes the counter to `out[at..at+4]` and steps it.
   *
   * @throws RangeError when the half is used up: a nonce that repeats would give away what it seals
   */
  write(out: Uint8Array, at: number): void {
    if (this.#left === 0) throw new RangeError('every nonce of this key is used up');
    this.#left -= 1;
    const value = this.#half + this.#next;
    out[at] = value;
    out[at + 1] = value >>> 8;
    out[at + 2] = value >>> 16;
    out[at + 3] = value >>> 24;
    this.#next = (this.#next + 1) % NONCES;
  }
}
