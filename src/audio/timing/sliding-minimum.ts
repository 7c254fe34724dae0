/** The least of the recent values, in two buckets: one that fills, and the full one before it. */

export class SlidingMinimum {
  readonly #bucket: number;
  #before = Number.POSITIVE_INFINITY;
  #current = Number.POSITIVE_INFINITY;
  #count = 0;

  /** @param bucket values of a bucket: the least of so many is always known, and that of twice as many is forgotten */
  constructor(bucket: number) {
    this.#bucket = bucket;
  }

  /** The least of the last one to two buckets of values; infinite when there was none. */
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
