/**
 * Deadlines by which something is to be heard. A process that stood still runs its overdue timers first, and only then reads what has long been in
 * its sockets: to decide right there would be to blame others for being late oneself.
 *
 * ```
 * loop      ......[stands still   ].......
 * deadline              ^
 * sockets         a                          heard in time, if anybody had listened
 * timers                           t
 * reads                             a        ahead of the decision, which is then another
 * decision                           ^
 * ```
 */
import { Observable, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';
import { readFirst } from './steady-scheduler.js';

/**
 * Acts at once where it is not later than `due` (ms of the scheduler's clock), as it never is in virtual time; else when all is read that has come by now.
 *
 * @param life who unsubscribes it while this waits calls it off
 */
export function whenRead(scheduler: SchedulerLike, due: number, life: Subscription, act: () => void): void {
  const reads = scheduler.now() > due ? readFirst(scheduler) : undefined;
  if (reads === undefined) act();
  else life.add(reads(act));
}

interface Due {
  readonly scheduler: SchedulerLike;
  /** ms of its clock. */
  readonly at: number;
  readonly missed: () => void;
}

/** Calls `missed` in `ms`, unless it is unsubscribed by what was to be heard. All that had come by then was read before. */
export function deadline(ms: number, scheduler: SchedulerLike, missed: () => void): Subscription {
  return scheduler.schedule(come, ms, { scheduler, at: scheduler.now() + ms, missed });
}

function come(this: SchedulerAction<Due>, due?: Due): void {
  whenRead(due!.scheduler, due!.at, this, due!.missed);
}

/**
 * The same as a stream, in place of `timer`: emits 0 and completes.
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
