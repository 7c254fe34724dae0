import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';

export class ManualScheduler implements SchedulerLike {
  now(): number;
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription;
  /** Does all that is due until then, each at its time. */
  advanceTo(time: number): void;
}
