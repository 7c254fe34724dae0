/** Counts frames in a row that could not be decrypted: a sign that our keys differ from those of the others. */
import { RECOVERY_WINDOW, RecoveryBudget } from './recovery-budget.js';

/** This many undecryptable frames in a row, while no change is under way, are that sign: 0.72 s of one speaker. */
export const UNDECRYPTABLE_LIMIT = 36;

export class UndecryptableRun {
  /** Any member can send frames that nobody can decrypt: this bounds what that costs the call. */
  readonly #budget = new RecoveryBudget(1, RECOVERY_WINDOW);
  #inARow = 0;

  /** A frame could not be decrypted, at `now` (ms). Returns whether the group must be recovered. */
  failed(now: number): boolean {
    this.#inARow += 1;
    if (this.#inARow < UNDECRYPTABLE_LIMIT) return false;
    this.#inARow = 0;
    return this.#budget.take(now) === 0;
  }

  /** A frame was decrypted, or there are new keys. */
  end(): void {
    this.#inARow = 0;
  }
}
