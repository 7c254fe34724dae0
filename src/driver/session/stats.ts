/** A session's reception as a stream of values. */
import { defer, endWith, ignoreElements, interval, map, startWith, takeUntil, type Observable, type SchedulerLike } from 'rxjs';
import type { ReceiveStats } from '../../media/receive/receive-stats.js';
import type { Reception } from '../../media/receive/reception.js';

/** The interval between two values, in ms. */
const PERIOD = 1_000;

/**
 * Cold: a value at once, then one each second. Completes with `life$`.
 *
 * ```
 * life$   ----------------|
 * result  a----b----c-----|    bitrates: null in a, over the previous second in b and c
 * ```
 */
export function receiveStats$(reception: Reception, life$: Observable<unknown>, scheduler: SchedulerLike): Observable<ReceiveStats> {
  return defer(() => {
    let before: ReceiveStats | undefined;
    return interval(PERIOD, scheduler).pipe(
      startWith(0),
      map(() => (before = reception.stats(scheduler.now(), before))),
      takeUntil(life$.pipe(ignoreElements(), endWith(true))),
    );
  });
}
