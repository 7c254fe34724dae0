/**
 * Computes when the next frame of a stream is due. Deadlines are absolute: each is the previous one plus the frame's duration, so
 * delays never add up. A delay is handled in one of two ways:
 *
 * - up to 100 ms (five frames): catch up with a frame every half duration, so that receivers' buffers refill without a burst
 * - more: restart the deadlines at now, and report the gap so that the RTP timestamp can move over it
 */

/** Five frames of the usual duration. */
const MAX_LATE_MS = 100;
/** The longest frame, 120 ms, plus one: the clock may tick a millisecond early. */
const MAX_AHEAD_MS = 121;
/** Timers count whole milliseconds. */
const JITTER_MS = 1;

export class Pacer {
  /** When to be called next. */
  due = 0;
  /** When the next frame begins if nothing is late. NaN before the first: in a field that can be undefined, V8 makes an object for each number. */
  #deadline = NaN;
  /** Half a duration after the last frame: the next frame is never sent earlier. */
  #soonest = -Infinity;
  #paused = true;

  /** Begins, or continues after a pause: the next frame is due at `start`, or when the previous one has ended. */
  start(start: number): void {
    // A deadline that is further ahead than a frame lasts means that the wall clock was set back while nothing played.
    if (this.#deadline > start + MAX_AHEAD_MS) this.#deadline = this.#soonest = start;
    this.#paused = true;
    this.due = Math.max(start, this.#deadlineOr(start), this.#soonest);
  }

  /** Call this when a frame is about to be sent. Returns by how many ms the stream jumps: 0 if it continues as planned. */
  arrive(now: number): number {
    const late = now - this.#deadlineOr(now);
    const jumps = late > (this.#paused ? JITTER_MS : MAX_LATE_MS);
    this.#paused = false;
    if (!jumps) {
      this.#deadline = this.#deadlineOr(now);
      return 0;
    }
    this.#deadline = now;
    return late;
  }

  /** A frame of `duration` ms was sent at `now`. */
  advance(now: number, duration: number): void {
    this.#deadline = this.#deadlineOr(now) + duration;
    this.#soonest = now + duration / 2;
    this.due = Math.max(this.#deadline, this.#soonest);
  }

  /** The wall clock was set back. */
  shift(ms: number): void {
    this.due -= ms;
    this.#soonest -= ms;
    this.#deadline -= ms;
  }

  #deadlineOr(first: number): number {
    return Number.isNaN(this.#deadline) ? first : this.#deadline;
  }
}
