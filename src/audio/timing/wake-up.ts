/** One timer for everything that an operator waits for. */
import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { whenRead } from '../../deadline.js';

/**
 * Wakes at the earliest time it was set to. It is never moved to a later time: it wakes, gets the right time, and sleeps again.
 *
 * It wakes after everything that has arrived is read: see `whenRead`. So an owner that acts on silence does not mistake a busy process for it.
 */
export class WakeUp {
  readonly #scheduler: SchedulerLike;
  readonly #onWake: (now: number) => number | undefined;
  readonly #leeway: number;
  #timer = Subscription.EMPTY;
  #at = Number.POSITIVE_INFINITY;
  #stopped = false;
  /** The action of the timer that has just fired: scheduling it again costs less than a new one. */
  #spent: SchedulerAction<WakeUp> | undefined;

  /**
   * @param onWake what to do; returns when to wake next, in ms of the scheduler's clock, or undefined
   * @param leeway ms by which it may be late without reading the sockets first: for owners that wake fifty times a second
   */
  constructor(scheduler: SchedulerLike, onWake: (now: number) => number | undefined, leeway = 0) {
    this.#scheduler = scheduler;
    this.#onWake = onWake;
    this.#leeway = leeway;
  }

  /** Wakes at `due` (ms of the scheduler's clock) or earlier; undefined changes nothing. */
  set(due: number | undefined): void {
    if (due === undefined || due >= this.#at || this.#stopped) return;
    this.#sleepUntil(due, this.#scheduler.now());
  }

  /** Whether it should have woken by `now` (ms): then more may have arrived than its owner has received. */
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

  /** The timer has fired. */
  come(timer: SchedulerAction<WakeUp>): void {
    const due = this.#at + this.#leeway;
    this.#spent = timer;
    // Until it has woken, `set` has nothing to do: no time is earlier.
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
