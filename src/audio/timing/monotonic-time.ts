/** Time that only goes forward, made of a clock that may be set back. */
export class MonotonicTime {
  #seen = Number.NEGATIVE_INFINITY;
  #lead = 0;

  /** Monotonic time at `now` (ms of the clock). What a step back took away is put on top from then on. */
  read(now: number): number {
    if (now < this.#seen) this.#lead += this.#seen - now;
    this.#seen = now;
    return now + this.#lead;
  }

  /** When the clock will show a monotonic time, as long as nobody sets it; ms. */
  toClock(time: number): number {
    return time - this.#lead;
  }
}
