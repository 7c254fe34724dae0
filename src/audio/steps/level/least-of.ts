/** The minimum of the last values, for levels, which are nearly always 1. */

/**
 * A queue of the values that may still become the minimum. Each is greater than the one before it, because a smaller value that comes
 * later removes those before it. Values of 1 are not stored. Constant time per value, on average.
 */
export class LeastOf {
  readonly #window: number;
  readonly #values: Float64Array;
  readonly #times: Float64Array;
  #first = 0;
  #count = 0;
  #now = 0;

  /** @param window number of values that are considered, including the newest */
  constructor(window: number) {
    this.#window = window;
    this.#values = new Float64Array(window);
    this.#times = new Float64Array(window);
  }

  /** Whether all of them are 1. */
  get idle(): boolean {
    return this.#count === 0;
  }

  /** Adds a value from 0 to 1. @returns the minimum of the last values */
  add(value: number): number {
    const now = this.#now++;
    if (this.#count > 0 && this.#times[this.#first]! <= now - this.#window) {
      this.#first = (this.#first + 1) % this.#window;
      this.#count -= 1;
    }
    if (value < 1) {
      while (this.#count > 0 && this.#values[this.#place(this.#count - 1)]! >= value) this.#count -= 1;
      const place = this.#place(this.#count);
      this.#values[place] = value;
      this.#times[place] = now;
      this.#count += 1;
    }
    return this.#count === 0 ? 1 : this.#values[this.#first]!;
  }

  #place(i: number): number {
    return (this.#first + i) % this.#window;
  }
}
