/** How often a session goes on elsewhere: what ends each far side that it comes to is the session itself. */

/** How often within {@link STABLE_MS}. */
const MAX_LOSSES = 3;
/** ms for which it has to be ready, or told to move and ready again, for what was lost before to be forgotten. */
const STABLE_MS = 10_000;
/** ms before it does, times the number of the attempt; not more than after the last loss that is got over. */
const DELAY_MS = 250;

/**
 * Counted is what was lost where the session had begun. What has never answered, and that there is no place, is not its doing: one that was
 * ready before waits for as long as that takes, in an outage of all far sides, too. One that never was is told at once that there is none.
 *
 * ```
 * place  ^-b--r----x  -b-x    -b-x      -b-x|    b: begun · r: ready · x: lost, and there is no other after the fourth
 * place  ^-b--r----x  --x  -----x  -----b--r-    nobody is there, or answers: it goes on when somebody does
 * ```
 */
export class Losses {
  #begun = false;
  #wasReady = false;
  /** Since when nothing was lost. Undefined where something was since it was ready. */
  #readyAt: number | undefined;
  #wished = false;
  #attempt = 0;
  #counted = 0;

  /** Of the attempts to go on, since it last was stable. */
  get attempt(): number {
    return this.#attempt;
  }

  /** A far side is looked for. */
  look(): void {
    this.#begun = false;
  }

  /** The far side asks for its signals. */
  begin(): void {
    this.#begun = true;
  }

  ready(now: number): void {
    if (!this.#wished || this.#readyAt === undefined) this.#readyAt = now;
    this.#wished = false;
    this.#wasReady = true;
  }

  /** It was told to move, which is no loss. */
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
