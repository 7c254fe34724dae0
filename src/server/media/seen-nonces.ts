/** The transport nonces of one key, as far back as it pays to look. */

/** Packets, 10 s of audio: duplicates, and counters that go back a little. */
const RECENT = 512;
/** Kept for ever: a counter that begins anew begins where it did before. */
const FIRST = 64;

/** Remembers what came with each. A nonce that comes twice under a key gives away what both packets hold. */
export class SeenNonces {
  readonly #first = new Map<string, Buffer>();
  readonly #recent = new Map<string, Buffer>();

  /** Notes a packet; the one that had its nonce before, if any did. @param datagram is kept */
  note(nonce: string, datagram: Buffer): Buffer | undefined {
    const before = this.#first.get(nonce) ?? this.#recent.get(nonce);
    if (before !== undefined) return before;
    if (this.#first.size < FIRST) this.#first.set(nonce, datagram);
    else this.#recent.set(nonce, datagram);
    if (this.#recent.size > RECENT) {
      // A Map goes through its entries in the order in which they came.
      const [oldest] = this.#recent.keys();
      this.#recent.delete(oldest!);
    }
    return undefined;
  }
}
