/** Timers that clean up after themselves, and deadlines that can be postponed without a new timer. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../deadline.js';

/** Runs `act` now, or in `ms`. `held` holds the timer until then: unsubscribing it cancels all timers that it holds. */
export function runIn(ms: number, scheduler: SchedulerLike, held: Subscription, act: () => void): void {
  if (ms <= 0) return act();
  const timer = scheduler.schedule(() => {
    held.remove(timer);
    act();
  }, ms);
  held.add(timer);
}

/** A deadline for a message. It uses one timer, however often it is postponed: if the timer fires early, it waits for the rest. */
export class Deadline {
  #due = 0;
  #timer: Subscription | undefined;

  /** @param onDue called when a deadline passes, once for each {@link Deadline.set} */
  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly onDue: () => void,
    /** Holds the timer while there is one. */
    private readonly held: Subscription = new Subscription(),
  ) {}

  /** Whether a deadline is still to come. */
  get pending(): boolean {
    return this.#timer !== undefined;
  }

  /** Sets the deadline to `ms` from now, in place of the one before. */
  set(ms: number): void {
    this.cancel();
    this.#due = this.scheduler.now() + ms;
    this.#wait(ms);
  }

  /** Postpones a pending deadline to `ms` from now. The new time must not be earlier than the old one. */
  putOff(ms: number): void {
    if (this.pending) this.#due = this.scheduler.now() + ms;
  }

  /** Removes the deadline. */
  cancel(): void {
    if (this.#timer === undefined) return;
    this.held.remove(this.#timer);
    this.#timer.unsubscribe();
    this.#timer = undefined;
  }

  #wait(ms: number): void {
    const timer = deadline(ms, this.scheduler, () => {
      this.held.remove(timer);
      this.#timer = undefined;
      const left = this.#due - this.scheduler.now();
      if (left > 0) this.#wait(left);
      else this.onDue();
    });
    this.#timer = timer;
    this.held.add(timer);
  }
}
