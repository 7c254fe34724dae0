/** Notices when something that should come regularly has stopped coming. */
import { Subscription, type SchedulerLike } from 'rxjs';

/** One timer however often it is fed: when it fires early, it waits for the rest. */
export class Watchdog {
  #fed: number;
  #timer = Subscription.EMPTY;

  /** @param limit milliseconds of silence after which `onSilence` is called, once */
  constructor(
    private readonly limit: number,
    private readonly scheduler: SchedulerLike,
    private readonly onSilence: () => void,
  ) {
    this.#fed = scheduler.now();
    this.#wait(limit);
  }

  /** It came. */
  feed(): void {
    this.#fed = this.scheduler.now();
  }

  stop(): void {
    this.#timer.unsubscribe();
  }

  /** After a stop: the whole limit from now on. */
  restart(): void {
    this.stop();
    this.feed();
    this.#wait(this.limit);
  }

  #wait(ms: number): void {
    this.#timer = this.scheduler.schedule(() => {
      const left = this.#fed + this.limit - this.scheduler.now();
      if (left > 0) this.#wait(left);
      else this.onSilence();
    }, ms);
  }
}
