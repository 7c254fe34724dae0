/**
 * Deadlines by which a message must arrive. A process that was blocked runs its overdue timers first, and only then reads what has been waiting in
 * its sockets. A decision in the timer would blame the other side for a delay that is our own.
 *
 * ```
 * loop      ......[stands still   ].......
 * deadline              ^
 * sockets         a                          arrived in time, while the process was blocked
 * timers                           t
 * reads                             a        read before the decision, which then changes
 * decision                           ^
 * ```
 */
import { Observable, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';
import { readFirst } from './steady-scheduler.js';

/**
 * Acts at once if it is not later than `due` (ms of the scheduler's clock), as always in virtual time; else when everything that has arrived is read.
 *
 * @param life unsubscribing it while this waits cancels the call
 */
export function whenRead(scheduler: SchedulerLike, due: number, life: Subscription, act: () => void): void {
  const reads = scheduler.now() > due ? readFirst(scheduler) : undefined;
  if (reads === undefined) act();
  else life.add(reads(act));
}

interface Due {
  readonly scheduler: SchedulerLike;
  /** ms of the scheduler's clock. */
  readonly at: number;
  readonly missed: () => void;
}

/** Calls `missed` after `ms`, unless the expected message unsubscribes it first. Everything that had arrived by then is read before. */
export function deadline(ms: number, scheduler: SchedulerLike, missed: () => void): Subscription {
  return scheduler.schedule(come, ms, { scheduler, at: scheduler.now() + ms, missed });
}

function come(this: SchedulerAction<Due>, due?: Due): void {
  whenRead(due!.scheduler, due!.at, this, due!.missed);
}

/**
 * The same as an Observable, in place of `timer`: emits 0 and completes.
 *
 * ```
 * result  ------(0|)
 * ```
 */
export function deadline$(ms: number, scheduler: SchedulerLike): Observable<0> {
  return new Observable((subscriber) =>
    deadline(ms, scheduler, () => {
      subscriber.next(0);
      subscriber.complete();
    }),
  );
}
