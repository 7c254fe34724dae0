/** The transport nonces of one key, as far back as is useful. */

/** The last packets, 10 s of audio: finds duplicates, and counters that go back a little. */
const RECENT = 512;
/** The first packets, kept for ever: a counter that restarts begins at its first value again. */
const FIRST = 64;

/** Remembers the packet of each nonce. Two packets with the same key and nonce reveal each other's content. */
export class SeenNonces {
  readonly #first = new Map<string, Buffer>();
  readonly #recent = new Map<string, Buffer>();

  /** Notes a packet. Returns an earlier one with the same nonce, if any. @param datagram is kept */
  note(nonce: string, datagram: Buffer): Buffer | undefined {
    const before = this.#first.get(nonce) ?? this.#recent.get(nonce);
    if (before !== undefined) return before;
    if (this.#first.size < FIRST) this.#first.set(nonce, datagram);
    else this.#recent.set(nonce, datagram);
    if (this.#recent.size > RECENT) {
      // A Map iterates in insertion order.
      const [oldest] = this.#recent.keys();
      this.#recent.delete(oldest!);
    }
    return undefined;
  }
}
