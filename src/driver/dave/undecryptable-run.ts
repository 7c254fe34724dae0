/** Frames in a row that could not be decrypted: the sign that our keys are not the others'. */
import { RECOVERY_WINDOW, RecoveryBudget } from './recovery-budget.js';

/** Undecryptable frames in a row, while nothing is under way, that are the sign: 0.72 s of one speaker. */
export const UNDECRYPTABLE_LIMIT = 36;

export class UndecryptableRun {
  /** Any member can send frames that nobody can decrypt: it is not to cost the call more than this. */
  readonly #budget = new RecoveryBudget(1, RECOVERY_WINDOW);
  #inARow = 0;

  /** A frame could not be decrypted, at `now` (ms). Whether that is one too many. */
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
