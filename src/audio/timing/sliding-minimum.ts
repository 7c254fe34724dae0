/** The least of the recent values, in two buckets: one that fills, and the full one before it. */

/** Values of a bucket: ten seconds of packets. */
const BUCKET = 500;

export class SlidingMinimum {
  #before = Number.POSITIVE_INFINITY;
  #current = Number.POSITIVE_INFINITY;
  #count = 0;

  /** The least of the last 500 to 1000 values; infinite when there was none. */
  get least(): number {
    return Math.min(this.#before, this.#current);
  }

  add(value: number): void {
    if (this.#count === BUCKET) {
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
