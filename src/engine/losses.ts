/** Limits how often a session goes on elsewhere: if every far side that it moves to ends, the session itself is the likely cause. */

/** The maximum number of losses without {@link STABLE_MS} of being ready in between. */
const MAX_LOSSES = 3;
/** The time for which a session has to be ready, planned moves included, for earlier losses to be forgotten, in ms. */
const STABLE_MS = 10_000;
/** The delay before it goes on, in ms, times the number of the attempt, which counts up to {@link MAX_LOSSES} here. */
const DELAY_MS = 250;

/**
 * Once a session was ready, only losses of a far side on which it had begun are counted. A far side that never answered, or having no far side at
 * all, is not the session's fault: it waits for as long as that takes, even in an outage of all far sides. Before it is first ready, every loss is
 * counted, and it fails at once if there is no far side.
 *
 * ```
 * place  ^-b--r----x  -b-x    -b-x      -b-x|    b: begun · r: ready · x: lost, and there is no other after the fourth
 * place  ^-b--r----x  --x  -----x  -----b--r-    no far side is there, or answers: it goes on when one does
 * ```
 */
export class Losses {
  #begun = false;
  #wasReady = false;
  /** Since when it has been ready without a loss. Undefined if there was a loss since it was ready. */
  #readyAt: number | undefined;
  #wished = false;
  #attempt = 0;
  #counted = 0;

  /** The number of attempts to go on since the session was last stable. */
  get attempt(): number {
    return this.#attempt;
  }

  /** The session looks for a far side. */
  look(): void {
    this.#begun = false;
  }

  /** The far side requests the session's signals: the session has begun there. */
  begin(): void {
    this.#begun = true;
  }

  ready(now: number): void {
    if (!this.#wished || this.#readyAt === undefined) this.#readyAt = now;
    this.#wished = false;
    this.#wasReady = true;
  }

  /** The session was told to move, which is not a loss. */
  move(): void {
    this.#wished = true;
  }

  /**
   * @param nowhere whether there was no far side to be lost
   * @returns ms until it goes on elsewhere, or undefined if it does not
   */
  lose(now: number, nowhere: boolean): number | undefined {
    if (this.#readyAt !== undefined && now - this.#readyAt >= STABLE_MS) this.#attempt = this.#counted = 0;
    this.#readyAt = undefined;
    this.#wished = false;
    if (nowhere && !this.#wasReady) return undefined;
    if (this.#begun || !this.#wasReady) {
      if (this.#counted === MAX_LOSSES) return undefined;
      this.#counted += 1;
    }
    this.#attempt += 1;
    return DELAY_MS * Math.min(this.#attempt, MAX_LOSSES);
  }
}
