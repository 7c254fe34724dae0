/** Detects that a sender has stopped without silence frames, and requests them. */
import type { SchedulerLike, Subscription } from 'rxjs';
import { FRAME_MS, SILENCE_FRAMES } from '../../protocol/silence.js';
import { Deadline } from '../timers.js';

/** For one sender. */
export class SilenceMaker {
  readonly #next: Deadline;
  #silent = false;
  /** Frames of silence sent since the last packet. */
  #made = 0;

  /**
   * @param after ms without a packet
   * @param timers holds the timer while there is one
   * @param make sends one frame of silence; returns false if the sender is gone
   */
  constructor(
    private readonly after: number,
    scheduler: SchedulerLike,
    timers: Subscription,
    private readonly make: () => boolean,
  ) {
    this.#next = new Deadline(scheduler, () => this.#onPause(), timers);
  }

  /** A packet arrived. A silence frame shows that the sender sends its own. */
  heard(silence: boolean): void {
    this.#silent = silence;
    this.#made = 0;
    if (this.#next.pending) this.#next.putOff(this.after);
    else this.#next.set(this.after);
  }

  #onPause(): void {
    if (!this.#silent && this.make() && ++this.#made < SILENCE_FRAMES) this.#next.set(FRAME_MS);
  }
}
