/** Opens buckets with retries: a busy server may not answer in time, and a cluster that has just started has no leader for a moment. */
import { defer, retry, timer, type Observable, type SchedulerLike } from 'rxjs';

/** The number of retries. The pause before each is `PAUSE_MS` times its number. */
const TIMES = 3;
const PAUSE_MS = 250;

export function openAgain<T>(open: () => Promise<T>, scheduler: SchedulerLike): Observable<T> {
  return defer(open).pipe(retry({ count: TIMES, delay: (_, again) => timer(PAUSE_MS * again, scheduler) }));
}
