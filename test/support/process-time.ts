/** Time that goes on while this process does: for tests on real sockets, on machines that have other things to do. */
import { VirtualTimeScheduler, type SchedulerLike } from 'rxjs';

/** ms from one look at the real clock to the next. Sockets are read in between. */
const EVERY_MS = 5;
/** ms by which time goes on at most from one look to the next: a frame, less than any pacer calls late, or any deadline is long. */
const AT_MOST_MS = 20;

/** Whether sessions run in threads or on nodes: there, clocks are their own, and stand still where those do (process-time.mjs). */
const ELSEWHERE = /threads|nodes/.test(process.env['RXVOICE_ENGINE'] ?? '');

/** For the options of sessions and of their server. Empty where sessions run elsewhere. */
interface TimeOptions {
  readonly scheduler?: SchedulerLike;
}

/**
 * A clock that stands still where this process does: it goes on by what went by since it was looked at last, and by 20 ms at most. With each look, sockets have been
 * read. So who sends is never late, and no deadline passes before what it waits for was given its turn: all that happens, happens in the same order on any machine.
 */
export class ProcessTime {
  readonly options: TimeOptions;
  readonly #looks: NodeJS.Timeout | undefined;

  constructor() {
    if (ELSEWHERE) {
      this.options = {};
      return;
    }
    const scheduler = new VirtualTimeScheduler(undefined, 0);
    this.options = { scheduler };
    let last = performance.now();
    this.#looks = setInterval(() => {
      const now = performance.now();
      const ms = Math.min(Math.floor(now - last), AT_MOST_MS);
      last = ms < AT_MOST_MS ? last + ms : now;
      scheduler.maxFrames += ms;
      scheduler.flush();
      scheduler.frame = scheduler.maxFrames;
    }, EVERY_MS);
  }

  /** What is still to come never does. */
  stop(): void {
    clearInterval(this.#looks);
  }
}

/**
 * Runs `body` in {@link ProcessTime}.
 *
 * @param body opens what it needs, with the options of that time, and leaves nothing open, whatever happens
 */
export async function inProcessTime(body: (time: ProcessTime) => Promise<void>): Promise<void> {
  const time = new ProcessTime();
  try {
    await body(time);
  } finally {
    time.stop();
  }
}
