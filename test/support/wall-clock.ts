/** A scheduler whose wall clock is set now and then, as NTP or an administrator does, while its timers go on counting real time. */
import { asyncScheduler, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';

export class WallClock implements SchedulerLike {
  /** ms by which the wall clock is ahead of the time that really went by. */
  ahead = 0;

  now(): number {
    return asyncScheduler.now() + this.ahead;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    return asyncScheduler.schedule(work, delay, state);
  }

  /** Sets the clock forward, or back, without any time going by. */
  step(ms: number): void {
    this.ahead += ms;
  }
}
