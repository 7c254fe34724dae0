/** A scheduler that a test drives by hand: late timers, a stalled event loop, a wall clock that is set. */
import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';

class HandAction<T> extends Subscription implements SchedulerAction<T> {
  due = Infinity;
  state: T | undefined;
  readonly #scheduler: HandScheduler;
  readonly work: (this: SchedulerAction<T>, state: T) => void;

  constructor(scheduler: HandScheduler, work: (this: SchedulerAction<T>, state: T) => void) {
    super();
    this.#scheduler = scheduler;
    this.work = work;
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this;
    this.state = state;
    this.due = this.#scheduler.elapsed + Math.max(0, delay);
    this.#scheduler.pending.add(this as HandAction<unknown>);
    return this;
  }

  override unsubscribe(): void {
    this.#scheduler?.pending.delete(this as HandAction<unknown>);
    super.unsubscribe();
  }
}

export class HandScheduler implements SchedulerLike {
  /** ms that really passed. */
  elapsed = 0;
  /** How many timers have fired. */
  wakeUps = 0;
  readonly pending = new Set<HandAction<unknown>>();
  #wall: number;

  /** @param wall what the wall clock says at the start */
  constructor(wall = 1_000_000) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall + this.elapsed;
  }

  /** Sets the wall clock forward, or back, while no time passes. */
  set(ms: number): void {
    this.#wall += ms;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state: T) => void, delay = 0, state?: T): Subscription {
    return new HandAction<T>(this, work).schedule(state, delay);
  }

  /** Lets `ms` pass. Each timer fires `late()` ms after its time, and then sees the time at which it fires. */
  run(ms: number, late: () => number = () => 0): void {
    const end = this.elapsed + ms;
    for (;;) {
      let next: HandAction<unknown> | undefined;
      for (const action of this.pending) if (next === undefined || action.due < next.due) next = action;
      if (next === undefined) break;
      const at = Math.max(this.elapsed, next.due + late());
      if (at > end) break;
      this.elapsed = at;
      this.pending.delete(next);
      this.wakeUps += 1;
      next.work.call(next, next.state);
    }
    this.elapsed = Math.max(this.elapsed, end);
  }

  /** The event loop is blocked: time passes, but no timer fires. */
  stall(ms: number): void {
    this.elapsed += ms;
  }
}
