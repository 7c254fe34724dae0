/** The minimum of recent values, kept in two buckets: one that is being filled, and the full one before it. */

export class SlidingMinimum {
  readonly #bucket: number;
  #before = Number.POSITIVE_INFINITY;
  #current = Number.POSITIVE_INFINITY;
  #count = 0;

  /** @param bucket values per bucket: the minimum covers at least this many values, and at most twice as many */
  constructor(bucket: number) {
    this.#bucket = bucket;
  }

  /** The minimum of the last one to two buckets of values; infinite if there are none. */
  get least(): number {
    return Math.min(this.#before, this.#current);
  }

  add(value: number): void {
    if (this.#count === this.#bucket) {
      this.#before = this.#current;
      this.#current = Number.POSITIVE_INFINITY;
      this.#count = 0;
    }
    this.#current = Math.min(this.#current, value);
    this.#count += 1;
  }

  clear(): void {
    this.#before = Number.POSITIVE_INFINITY;
    this.#current = Number.POSITIVE_INFINITY;
    this.#count = 0;
  }
}
