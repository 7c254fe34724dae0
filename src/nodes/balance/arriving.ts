/**
 * Counts the sessions that other nodes are moving to this one. The sending nodes do not know of each other, so this node limits how many arrive
 * at once. A session that is refused stays where it is, and plays on.
 */

/** Sessions that may arrive at once. Joining them costs time while the sessions of this node play. */
const MOST = 4;

export class Arriving {
  readonly #most: number;
  #count = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** Returns a function to call once, when the session has arrived or will not arrive. Returns undefined if the session is refused. */
  admit(): (() => void) | undefined {
    if (this.#count >= this.#most) return undefined;
    this.#count += 1;
    return () => void (this.#count -= 1);
  }
}
