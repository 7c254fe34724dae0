/** Counts packets that are not in a file, and reports them once a second. */
import type { DropReason } from './events.js';

export class DropLedger {
  readonly #untold = new Map<DropReason, number>();
  #total = 0;

  /** The total since `reset()`. */
  get total(): number {
    return this.#total;
  }

  drop(reason: DropReason): void {
    this.#untold.set(reason, (this.#untold.get(reason) ?? 0) + 1);
    this.#total += 1;
  }

  /** Reports what was not reported yet. */
  tell(told: (reason: DropReason, packets: number) => void): void {
    const untold = [...this.#untold];
    this.#untold.clear();
    for (const [reason, packets] of untold) told(reason, packets);
  }

  reset(): void {
    this.#total = 0;
  }
}
