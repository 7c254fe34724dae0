/** A level that follows what is wanted without a step and without a corner. */
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';

/** Time constants of two equal poles until all but a thousandth is done: (1 + x)·e^(-x) = 0.001. */
const CONSTANTS = 9.233;
/** So near it is there: 120 dB below full scale. */
const NEAR = 1e-6;

/**
 * Two one-pole low-passes in a row: what is made louder by it gets neither a step nor a corner, of which one is a click and the other a
 * faint one, however often and whenever the wish changes. It never passes beyond what was wished: the response is positive throughout.
 *
 * ```
 * wanted   ____|‾‾‾‾‾‾‾‾‾‾
 * level    ____⌡⎯⎯⎯⎯⎯⎯⎯⎯      a[n] = a[n-1] + k(w - a[n-1]),  l[n] = l[n-1] + k(a[n] - l[n-1])
 * ```
 */
export class SmoothLevel {
  readonly #share: number;
  #between: number;
  #level: number;

  /** @param ramp until a change is done to a thousandth, in ms; 0: at once */
  constructor(level: number, ramp: number) {
    this.#share = ramp === 0 ? 1 : 1 - Math.exp(-CONSTANTS / (ramp * SAMPLES_PER_MS));
    this.#level = level;
    this.#between = level;
  }

  /** Whether the level is what is wanted. */
  at(wanted: number): boolean {
    return this.#level === wanted && this.#between === wanted;
  }

  /** The level of the next sample. */
  next(wanted: number): number {
    this.#between += this.#share * (wanted - this.#between);
    this.#level += this.#share * (this.#between - this.#level);
    if (Math.abs(this.#level - wanted) < NEAR && Math.abs(this.#between - wanted) < NEAR) this.#level = this.#between = wanted;
    return this.#level;
  }
}
