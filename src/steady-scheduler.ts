/** The default scheduler: the time of `asyncScheduler`, by a clock that nobody sets. */
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { READ_FIRST, SocketTurns, type ReadFirst, type ReadsFirst } from './socket-turns.js';

/** Read once: it does not change, and Node computes it anew each time. */
const { timeOrigin } = performance;
/** Two readings of one wall clock, one after the other, differ by less (ms). */
const SAME_CLOCK_MS = 1_000;

/**
 * `asyncScheduler`, of which `now()` goes on by itself: whole ms since 1970 as of the start of the process, and from there by the
 * monotonic clock. The wall clock is set, by NTP, by an administrator, by a laptop that wakes up; what measures durations by it waits for an hour,
 * or moves the RTP timestamp over one. Whether time is virtual is seen by `asyncScheduler` not showing the wall clock: then it is
 * `asyncScheduler` that is right, and `TestScheduler.run()` works as it does with that.
 *
 * The `at` and `arrival` of rxvoice are its ms. Where timers of an application are to agree with them, give it to `timer` and the like.
 */
export const steadyScheduler: SchedulerLike = {
  now(): number {
    const shown = asyncScheduler.now();
    const steady = Math.floor(timeOrigin + performance.now());
    // Where the two agree, which is nearly always, the wall clock need not be asked whether it was set.
    if (Math.abs(shown - steady) <= SAME_CLOCK_MS) return steady;
    return isVirtual(shown) ? shown : steady;
  },
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};

const turns = new SocketTurns();

/**
 * How what is in the sockets is read first; undefined where nobody says that the scheduler's time is real. A late jump of a clock that a test moves waits
 * for nothing.
 */
export function readFirst(scheduler: SchedulerLike & ReadsFirst): ReadFirst | undefined {
  if (scheduler !== steadyScheduler && scheduler !== asyncScheduler) return scheduler[READ_FIRST];
  return isVirtual(asyncScheduler.now()) ? undefined : turns.readFirst;
}

/** @param shown by `asyncScheduler` */
function isVirtual(shown: number): boolean {
  return Math.abs(shown - Date.now()) > SAME_CLOCK_MS;
}
