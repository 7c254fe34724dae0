/**
 * When the next frame of one stream is due. Deadlines are absolute: each is the one before plus the frame's duration, so that
 * lateness never adds up. Being late has two cures:
 *
 * - up to 100 ms (five frames): catch up, a frame every half duration, so that receivers' buffers refill without a burst
 * - beyond: re-anchor at now, and report the gap so that the RTP timestamp can move over it
 */

/** Five usual frames. */
const MAX_LATE_MS = 100;
/** The longest frame, 120 ms, of which the clock may serve the next a millisecond early. */
const MAX_AHEAD_MS = 121;
/** Timers count whole milliseconds. */
const JITTER_MS = 1;

export class Pacer {
  /** When to be called next. */
  due = 0;
  /** When the next frame would begin if nothing had come between; NaN before the first, since a number beside undefined would be an object for each frame. */
  #deadline = NaN;
  /** Half a duration after the last frame: the next is never sent before, whatever comes between. */
  #soonest = -Infinity;
  #paused = true;

  /** Begins, or goes on after a pause: the next frame is due at `start`, or when the one before it has had its time. */
  start(start: number): void {
    // A deadline further ahead than a frame lasts is not ours: the wall clock was set back while nothing played.
    if (this.#deadline > start + MAX_AHEAD_MS) this.#deadline = this.#soonest = start;
    this.#paused = true;
    this.due = Math.max(start, this.#deadlineOr(start), this.#soonest);
  }

  /** To be called when a frame is about to be sent. Returns the milliseconds by which the stream jumps: 0 when it goes on as planned. */
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
