/** Virtual time with a bound. A TestScheduler runs as long as there are timers, so one leaked timer would hang the test for ever. */
import type { SchedulerAction, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';

/** Virtual ms that a test may take unless it says otherwise. */
export const DEFAULT_BOUND = 3 * 60 * 60_000;
/** Actions at one moment. No test needs this many in one ms; more means a loop in which time does not advance. */
const MOST_AT_ONCE = 100_000;

/** A TestScheduler that fails with an explanation if timers are due after `bound` (ms), or if the timers at one moment never end. */
export class BoundedTime extends TestScheduler {
  readonly #bound: number;
  #moment = 0;
  #atOnce = 0;
  #loop: Error | undefined;

  constructor(assertDeepEqual: (actual: unknown, expected: unknown) => void, bound = DEFAULT_BOUND) {
    super(assertDeepEqual);
    this.#bound = bound;
  }

  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    if (this.frame !== this.#moment) this.#atOnce = 0;
    this.#moment = this.frame;
    this.#atOnce += 1;
    if (this.#atOnce > MOST_AT_ONCE) throw (this.#loop ??= new Error(`${MOST_AT_ONCE} timers were set at ${this.frame} ms of virtual time: something goes round without waiting`));
    return super.schedule(work, delay, state);
  }

  override flush(): void {
    this.maxFrames = this.#bound;
    try {
      super.flush();
    } finally {
      // This error replaces any later failure, because the stream that never ends is its cause.
      this.#complain();
    }
  }

  #complain(): void {
    const due = this.actions.splice(0).map((action) => (action as { delay?: number }).delay ?? NaN);
    if (this.#loop !== undefined) throw this.#loop;
    if (due.length === 0) return;
    const next = due.slice(0, 3).map((at) => `${at} ms`).join(', ');
    throw new Error(`virtual time goes on after ${this.#bound} ms: ${due.length} timers are set, the next at ${next}. Something is not unsubscribed, or leaks its timer`);
  }
}
