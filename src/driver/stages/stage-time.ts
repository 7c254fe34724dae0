import type { SchedulerLike, Subscription } from 'rxjs';
import { deadline$ } from '../../deadline.js';
import type { MediaTime } from '../../media/media-time.js';

/** The time of one subscription to a stage: its pending calls are cancelled with it. */
export function stageTime(scheduler: SchedulerLike, life: Subscription): MediaTime {
  return {
    now: () => scheduler.now(),
    after: (ms, act) => life.add(deadline$(ms, scheduler).subscribe(act)),
  };
}
