/**
 * How often the group may be left and joined anew. A server and a client that disagree would otherwise do nothing else for ever:
 * invalid commit, new key package, invalid Welcome, and so on, a thousand times a minute.
 */

/** Recoveries within {@link RECOVERY_WINDOW}, for commits and Welcomes that cannot be applied. */
export const RECOVERY_LIMIT = 5;
/** ms. */
export const RECOVERY_WINDOW = 30_000;

/** So many recoveries in any window of time. */
export class RecoveryBudget {
  readonly #limit: number;
  readonly #window: number;
  /** When each of the last recoveries was, in ms, the oldest first. */
  #spent: number[] = [];

  /**
   * @param limit recoveries allowed
   * @param window in ms, within which they count
   */
  constructor(limit: number, window: number) {
    this.#limit = limit;
    this.#window = window;
  }

  /** 0 when a recovery may begin at `now` (ms), which then counts; else the ms until one may. */
  take(now: number): number {
    this.#spent = this.#spent.filter((at) => now - at < this.#window);
    if (this.#spent.length >= this.#limit) return this.#spent[0]! + this.#window - now;
    this.#spent.push(now);
    return 0;
  }
}
