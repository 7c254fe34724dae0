/** Notices that somebody has stopped in the middle, and fills in the silence. */
import type { SchedulerLike, Subscription } from 'rxjs';
import { FRAME_MS, SILENCE_FRAMES } from '../../protocol/silence.js';

/** For one sender. One timer however much comes: when it fires early, it waits for the rest. */
export class SilenceMaker {
  #last = 0;
  #silent = false;
  #running = false;
  /** Frames of silence since the last packet. */
  #made = 0;

  /**
   * @param after ms without a packet
   * @param timers holds the timer while there is one
   * @param make puts one frame of silence behind; false: the sender is gone
   */
  constructor(
    private readonly after: number,
    private readonly scheduler: SchedulerLike,
    private readonly timers: Subscription,
    private readonly make: () => boolean,
  ) {}

  /** A packet came. One of silence says that the sender knows how to stop. */
  heard(silence: boolean): void {
    this.#last = this.scheduler.now();
    this.#silent = silence;
    this.#made = 0;
    if (!this.#running) this.#wait(this.after);
  }

  #wait(ms: number): void {
    this.#running = true;
    const timer = this.scheduler.schedule(() => {
      this.timers.remove(timer);
      this.#running = false;
      if (this.#silent) return;
      const left = this.#last + this.after + this.#made * FRAME_MS - this.scheduler.now();
      if (left > 0) return this.#wait(left);
      if (this.make() && ++this.#made < SILENCE_FRAMES) this.#wait(FRAME_MS);
    }, ms);
    this.timers.add(timer);
  }
}
