/** The least of the last values, for levels: 1 is what they nearly always are. */

/**
 * A queue of those values that may yet be the least: each is greater than the one before it, for a lesser one that comes later puts
 * those in front of it out of question. Values of 1 are not kept. Constant time a value, on average.
 */
export class LeastOf {
  readonly #window: number;
  readonly #values: Float64Array;
  readonly #times: Float64Array;
  #first = 0;
  #count = 0;
  #now = 0;

  /** @param window values among which the least is wanted, the newest included */
  constructor(window: number) {
    this.#window = window;
    this.#values = new Float64Array(window);
    this.#times = new Float64Array(window);
  }

  /** All of them are 1. */
  get idle(): boolean {
    return this.#count === 0;
  }

  /** Takes note of a value from 0 to 1. @returns the least of the last ones */
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
