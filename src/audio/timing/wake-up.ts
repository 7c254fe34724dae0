/** One timer for all that an operator waits for. */
import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { whenRead } from '../../deadline.js';

/**
 * Wakes at the earliest time it was set to. Moving it later costs nothing: it wakes, is told the right time, and sleeps again.
 *
 * It wakes behind all that had come by then: see `whenRead`. So whoever concludes from silence does not take a busy process for a silent network.
 */
export class WakeUp {
  readonly #scheduler: SchedulerLike;
  readonly #onWake: (now: number) => number | undefined;
  readonly #leeway: number;
  #timer = Subscription.EMPTY;
  #at = Number.POSITIVE_INFINITY;
  #stopped = false;
  /** That of the timer that has just come: it can be used again, and one after the other costs nothing. */
  #spent: SchedulerAction<WakeUp> | undefined;

  /**
   * @param onWake what to do; gives when to wake next, in ms of the scheduler's clock, or undefined
   * @param leeway ms that it may be late by without a question to the sockets: for who wakes fifty times a second, and does not mind
   */
  constructor(scheduler: SchedulerLike, onWake: (now: number) => number | undefined, leeway = 0) {
    this.#scheduler = scheduler;
    this.#onWake = onWake;
    this.#leeway = leeway;
  }

  /** Wakes at `due` (ms of the scheduler's clock) or sooner; undefined asks for nothing. */
  set(due: number | undefined): void {
    if (due === undefined || due >= this.#at || this.#stopped) return;
    this.#sleepUntil(due, this.#scheduler.now());
  }

  /** Whether it should have woken by `now` (ms): more may have come than its owner was told of. */
  overdue(now: number): boolean {
    return now > this.#at;
  }

  /** Never wakes again. */
  stop(): void {
    this.#stopped = true;
    this.#timer.unsubscribe();
  }

  #sleepUntil(due: number, now: number): void {
    const spent = this.#spent;
    const ms = Math.max(0, due - now);
    this.#at = due;
    this.#spent = undefined;
    if (spent !== undefined) spent.schedule(this, ms);
    else {
      this.#timer.unsubscribe();
      this.#timer = this.#scheduler.schedule(come, ms, this);
    }
  }

  /** Its timer has come. */
  come(timer: SchedulerAction<WakeUp>): void {
    const due = this.#at + this.#leeway;
    this.#spent = timer;
    // Nothing is sooner.
    this.#at = Number.NEGATIVE_INFINITY;
    whenRead(this.#scheduler, due, timer, this.#wake);
  }

  readonly #wake = (): void => {
    this.#at = Number.POSITIVE_INFINITY;
    this.set(this.#onWake(this.#scheduler.now()));
    this.#spent = undefined;
  };
}

function come(this: SchedulerAction<WakeUp>, wakeUp?: WakeUp): void {
  wakeUp!.come(this);
}
