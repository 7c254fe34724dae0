/** What is being waited for, and its deadline. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../deadline.js';

/** Waits for one thing at a time: a new wait replaces the one before. */
export class Wait<What extends string> {
  readonly #scheduler: SchedulerLike;
  #timer = Subscription.EMPTY;
  #what: What | undefined;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** What is being waited for; undefined for nothing. */
  get what(): What | undefined {
    return this.#what;
  }

  /** @param late is called if it did not come within `ms`; the wait has ended by then */
  begin(what: What, ms: number, late: () => void): void {
    this.end();
    this.#what = what;
    this.#timer = deadline(ms, this.#scheduler, () => {
      this.end();
      late();
    });
  }

  end(): void {
    this.#what = undefined;
    this.#timer.unsubscribe();
  }
}
