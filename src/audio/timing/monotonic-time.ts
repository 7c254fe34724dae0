/** Time that never goes back, derived from a clock that may be set back. */
export class MonotonicTime {
  readonly #tolerance: number;
  #seen = Number.NEGATIVE_INFINITY;
  #lead = 0;

  /** @param tolerance by how many ms a time may be before an earlier reading without counting as a clock that was set back. Default 0 */
  constructor(tolerance = 0) {
    this.#tolerance = tolerance;
  }

  /** Monotonic time at `now` (ms of the clock). Each step back of the clock is added to all later times. */
  read(now: number): number {
    const back = this.#seen - now;
    if (back > this.#tolerance) {
      this.#lead += back;
      this.#seen = now;
    } else if (back < 0) this.#seen = now;
    return now + this.#lead;
  }

  /** The monotonic time of a moment given in clock time. It is not taken as a reading of the clock. */
  fromClock(time: number): number {
    return time + this.#lead;
  }

  /** The clock time at which a monotonic time is reached, if the clock is not set; ms. */
  toClock(time: number): number {
    return time - this.#lead;
  }
}
