/** What opens buckets, tried again: a server that was busy has not answered in time, and a cluster that has just begun has no leader for a moment. */
import { defer, retry, timer, type Observable, type SchedulerLike } from 'rxjs';

/** How often it is tried again, and ms before it is, times the number of that. */
const TIMES = 3;
const PAUSE_MS = 250;

export function openAgain<T>(open: () => Promise<T>, scheduler: SchedulerLike): Observable<T> {
  return defer(open).pipe(retry({ count: TIMES, delay: (_, again) => timer(PAUSE_MS * again, scheduler) }));
}
