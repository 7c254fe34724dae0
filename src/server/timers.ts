/** Timers that leave nothing behind, and deadlines that are put off at no cost. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../deadline.js';

/** Runs `act` now, or in `ms`. `held` holds the timer until then: whoever unsubscribes it calls off all that is under way. */
export function runIn(ms: number, scheduler: SchedulerLike, held: Subscription, act: () => void): void {
  if (ms <= 0) return act();
  const timer = scheduler.schedule(() => {
    held.remove(timer);
    act();
  }, ms);
  held.add(timer);
}

/** A deadline by which something is to be heard. One timer however often it is put off: when it fires early, it waits for the rest. */
export class Deadline {
  #due = 0;
  #timer: Subscription | undefined;

  /** @param onDue is called when a deadline passes, once for each {@link Deadline.set} */
  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly onDue: () => void,
    /** Holds the timer while there is one. */
    private readonly held: Subscription = new Subscription(),
  ) {}

  /** Whether it is still to come. */
  get pending(): boolean {
    return this.#timer !== undefined;
  }

  /** In so many ms from now, in place of the one before. */
  set(ms: number): void {
    this.cancel();
    this.#due = this.scheduler.now() + ms;
    this.#wait(ms);
  }

  /** In so many ms from now, if there is one that is still to come; it must not come sooner by that. */
  putOff(ms: number): void {
    if (this.pending) this.#due = this.scheduler.now() + ms;
  }

  /** There is none. */
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
