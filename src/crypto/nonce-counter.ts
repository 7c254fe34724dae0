/**
 * The 32-bit packet counter that makes a nonce unique under one key: four bytes, appended to the packet verbatim. The sender may
 * choose their byte order, because the receiver only copies them; the official client writes little-endian.
 *
 * Both ends of a voice connection encrypt with the same key, so each counts in its own half of the values and never leaves it: a client in
 * the upper half, as the official client does, our server in the lower half.
 */

/** The size of a counter in a packet. */
export const COUNTER_BYTES = 4;
/** How many values one half has: enough for 497 days at 50 packets a second. */
export const NONCES = 2 ** 31;

/** Copies a counter between a packet and a nonce, byte by byte: creating a view would cost more than copying four bytes. */
export function copyCounter(from: Uint8Array, at: number, to: Uint8Array, toAt: number): void {
  for (let i = 0; i < COUNTER_BYTES; i += 1) to[toAt + i] = from[at + i]!;
}

/** Counts through one half of the values, once, from any start in it. */
export class NonceCounter {
  readonly #half: number;
  /** Relative to the half, so that V8 can store it without an object. */
  #next: number;
  #left: number;

  /**
   * @param start the first value, which also chooses the half
   * @param count how many values to write at most
   */
  constructor(start: number, count = NONCES) {
    this.#left = count;
    this.#half = start >>> 0 < NONCES ? 0 : NONCES;
    this.#next = (start >>> 0) % NONCES;
  }

  /** How many values are left. */
  get left(): number {
    return this.#left;
  }

  /**
   * Writes the counter to `out[at..at+4]` and increments it.
   *
   * @throws RangeError when the half is used up: a repeated nonce would reveal what it encrypts
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
