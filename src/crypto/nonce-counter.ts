/**
 * The 32-bit packet counter that makes a nonce unique under one key: four bytes, appended to the packet verbatim. Their order
 * is the sender's own affair, since the receiver only copies them; the official client writes little-endian.
 */
export class NonceCounter {
  #next: number;

  constructor(start: number) {
    this.#next = start >>> 0;
  }

  /** Writes the counter to `out[at..at+4]` and steps it; wraps after 2^32 packets (2.7 years at 50 a second). */
  write(out: Uint8Array, at: number): void {
    const value = this.#next;
    out[at] = value;
    out[at + 1] = value >>> 8;
    out[at + 2] = value >>> 16;
    out[at + 3] = value >>> 24;
    this.#next = (value + 1) >>> 0;
  }
}
