/**
 * Sessions that other nodes let go of, and that are on their way to this one. Those who let go know nothing of each other: of many that look at the same node at
 * once, few get any there. What is refused stays where it is, and plays on.
 */

/** So many at once: each of them joins while those that are here already play. */
const MOST = 4;

export class Arriving {
  readonly #most: number;
  #count = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** Returns what is called, once, when it has come or does not come; undefined where it is refused. */
  admit(): (() => void) | undefined {
    if (this.#count >= this.#most) return undefined;
    this.#count += 1;
    return () => void (this.#count -= 1);
  }
}
