/** A scheduler whose timers fire late, as they do when the event loop is blocked. */
import { asyncScheduler, Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';

/** What would fire at or after `from` and before `to` (ms) fires at `to`; the clock itself goes on. */
export function stallingScheduler(from: number, to: number): SchedulerLike {
  const late = (delay: number): number => {
    const due = asyncScheduler.now() + delay;
    return due >= from && due < to ? to - asyncScheduler.now() : delay;
  };
  return {
    now: () => asyncScheduler.now(),
    schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
      return asyncScheduler.schedule<T>(
        function (this: SchedulerAction<T>, inner?: T) {
          const action = this;
          work.call(
            Object.assign(Object.create(action) as SchedulerAction<T>, {
              schedule: (again?: T, wait = 0) => action.schedule(again, late(wait)),
            }),
            inner,
          );
        },
        late(delay),
        state,
      );
    },
  };
}
