/** A scheduler whose wall clock can be set, as NTP or an administrator does, while its timers keep counting real time. */
import { asyncScheduler, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';

export class WallClock implements SchedulerLike {
  /** ms by which the wall clock is ahead of the real elapsed time. */
  ahead = 0;

  now(): number {
    return asyncScheduler.now() + this.ahead;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    return asyncScheduler.schedule(work, delay, state);
  }

  /** Sets the clock forward or back without time passing. */
  step(ms: number): void {
    this.ahead += ms;
  }
}
