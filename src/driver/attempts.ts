/** Counts the faults in a row: the number that recovery goes by. A session that was ready for a while has got over them. */
import { STABLE_MS } from './recovery.js';

export class Attempts {
  /** Whether the session was ever ready. */
  wasReady = false;
  /** Faults since the session was last stable. */
  count = 0;
  #readyAt: number | undefined;

  /** The session became ready at `now` (ms). */
  ready(now: number): void {
    this.wasReady = true;
    this.#readyAt = now;
  }

  /** A fault at `now` (ms): which one in a row this is, from 1. */
  fault(now: number): number {
    if (this.#readyAt !== undefined && now - this.#readyAt >= STABLE_MS) this.count = 0;
    this.#readyAt = undefined;
    this.count += 1;
    return this.count;
  }
}
