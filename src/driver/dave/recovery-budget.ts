/**
 * Limits how often the group may be left and joined again. Without it, a server and a client that disagree would repeat for ever: invalid commit, new
 * key package, invalid Welcome, and so on, a thousand times a minute.
 */

/** The maximum number of recoveries within {@link RECOVERY_WINDOW}, for commits and Welcomes that cannot be applied. */
export const RECOVERY_LIMIT = 5;
/** The window within which recoveries are counted, in ms. */
export const RECOVERY_WINDOW = 30_000;

/** Allows a number of recoveries in any window of time. */
export class RecoveryBudget {
  readonly #limit: number;
  readonly #window: number;
  /** The times of the last recoveries, in ms, oldest first. */
  #spent: number[] = [];

  /**
   * @param limit recoveries allowed
   * @param window the length of the window, in ms
   */
  constructor(limit: number, window: number) {
    this.#limit = limit;
    this.#window = window;
  }

  /** Returns 0 if a recovery may begin at `now` (ms), and counts it; otherwise the ms until one may begin. */
  take(now: number): number {
    this.#spent = this.#spent.filter((at) => now - at < this.#window);
    if (this.#spent.length >= this.#limit) return this.#spent[0]! + this.#window - now;
    this.#spent.push(now);
    return 0;
  }
}
