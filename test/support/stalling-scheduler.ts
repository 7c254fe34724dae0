/** A scheduler whose timers fire late, as they do when the event loop is blocked. */
import { asyncScheduler, Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { READ_FIRST, type ReadsFirst } from '../../src/socket-turns.js';

/** ms that it takes to read what has come meanwhile. */
export const READ_MS = 2;

/** What would fire at or after `from` and before `to` (ms) fires at `to`; the clock itself goes on. What came meanwhile is read by {@link READ_MS} later. */
export function stallingScheduler(from: number, to: number): SchedulerLike & ReadsFirst {
  const late = (delay: number): number => {
    const due = asyncScheduler.now() + delay;
    return due >= from && due < to ? to - asyncScheduler.now() : delay;
  };
  return {
    now: () => asyncScheduler.now(),
    [READ_FIRST]: (act) => asyncScheduler.schedule(() => act(), READ_MS),
    schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
      let stalls = false;
      return asyncScheduler.schedule<T>(
        function (this: SchedulerAction<T>, inner?: T) {
          // The action itself: who unsubscribes it means what was added to it, too.
          if (!stalls) {
            stalls = true;
            const again = this.schedule.bind(this);
            this.schedule = (state?: T, wait = 0) => again(state, late(wait));
          }
          work.call(this, inner);
        },
        late(delay),
        state,
      );
    },
  };
}
