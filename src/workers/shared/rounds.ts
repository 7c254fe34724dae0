/** One timer for all periodic reads: a wake-up for each would cost more than the read. */
import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { guarded } from '../../edge.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** ms. */
const EVERY_MS = 220;

export class Rounds {
  readonly #scheduler: SchedulerLike;
  readonly #looks = new Set<() => void>();
  #timer = Subscription.EMPTY;

  constructor(scheduler: SchedulerLike = steadyScheduler) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler.now();
  }

  /** Calls `look` periodically, until it is removed. */
  add(look: () => void): void {
    this.#looks.add(look);
    if (this.#looks.size > 1) return;
    const rounds = this;
    this.#timer = this.#scheduler.schedule(function () {
      rounds.#go(this);
    }, EVERY_MS);
  }

  remove(look: () => void): void {
    this.#looks.delete(look);
    if (this.#looks.size === 0) this.#timer.unsubscribe();
  }

  #go(again: SchedulerAction<unknown>): void {
    again.schedule(undefined, EVERY_MS);
    for (const look of this.#looks) guarded(look);
  }
}
