import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';

export class ManualScheduler implements SchedulerLike {
  now(): number;
  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription;
  /** Runs all actions that are due until then, each at its time. */
  advanceTo(time: number): void;
}
