/** A level that follows its target smoothly. */
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';

/** Time constants of two equal poles until a change is complete to a thousandth: (1 + x)·e^(-x) = 0.001. */
const CONSTANTS = 9.233;
/** A level this close to its target has reached it: 120 dB below full scale. */
const NEAR = 1e-6;

/**
 * Two one-pole low-passes in a row. The level has no step, which would click, and no corner, which would click faintly, however often the
 * target changes. It never overshoots: the impulse response is positive.
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

  /** @param ramp ms until a change is complete to a thousandth; 0: at once */
  constructor(level: number, ramp: number) {
    this.#share = ramp === 0 ? 1 : 1 - Math.exp(-CONSTANTS / (ramp * SAMPLES_PER_MS));
    this.#level = level;
    this.#between = level;
  }

  /** Whether the level has reached its target. */
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
