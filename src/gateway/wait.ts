/** The one thing that is waited for, and until when. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../deadline.js';

/** Waits for one thing at a time: what is waited for next takes the place of what was before. */
export class Wait<What extends string> {
  readonly #scheduler: SchedulerLike;
  #timer = Subscription.EMPTY;
  #what: What | undefined;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** What is waited for; undefined for nothing. */
  get what(): What | undefined {
    return this.#what;
  }

  /** @param late is called when it did not come within `ms`; by then it is waited for no more */
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
