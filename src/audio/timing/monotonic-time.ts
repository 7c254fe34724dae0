/** Time that only goes forward, made of a clock that may be set back. */
export class MonotonicTime {
  readonly #tolerance: number;
  #seen = Number.NEGATIVE_INFINITY;
  #lead = 0;

  /** @param tolerance ms that a time may be before one that was read already, without the clock having been set back. Default 0 */
  constructor(tolerance = 0) {
    this.#tolerance = tolerance;
  }

  /** Monotonic time at `now` (ms of the clock). What a step back took away is put on top from then on. */
  read(now: number): number {
    const back = this.#seen - now;
    if (back > this.#tolerance) {
      this.#lead += back;
      this.#seen = now;
    } else if (back < 0) this.#seen = now;
    return now + this.#lead;
  }

  /** The monotonic time of something that the clock dates, and that is no news about the clock. */
  fromClock(time: number): number {
    return time + this.#lead;
  }

  /** When the clock will show a monotonic time, as long as nobody sets it; ms. */
  toClock(time: number): number {
    return time - this.#lead;
  }
}
