/** The default scheduler: `asyncScheduler` with a monotonic clock. */
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { READ_FIRST, SocketTurns, type ReadFirst, type ReadsFirst } from './socket-turns.js';

/** Read once: it does not change, and Node computes it at each access. */
const { timeOrigin } = performance;
/** ms. Two successive readings of the same wall clock differ by less. */
const SAME_CLOCK_MS = 1_000;

/**
 * `asyncScheduler` with a steady `now()`: whole ms since 1970, taken when the process starts and advanced by the monotonic clock. The wall
 * clock can be changed by NTP, by an administrator, or when a laptop wakes up; code that measured durations with it could wait for an hour,
 * or move the RTP timestamp by an hour. If `asyncScheduler` does not show the wall clock, time is virtual: then its time is used, and
 * `TestScheduler.run()` works as it does with `asyncScheduler`.
 *
 * `at` and `arrival` in rxvoice are ms of this clock. If the timers of an application must agree with them, pass this scheduler to `timer` etc.
 */
export const steadyScheduler: SchedulerLike = {
  now(): number {
    const shown = asyncScheduler.now();
    const steady = Math.floor(timeOrigin + performance.now());
    // If the two agree, which is nearly always, there is no need to read the wall clock.
    if (Math.abs(shown - steady) <= SAME_CLOCK_MS) return steady;
    return isVirtual(shown) ? shown : steady;
  },
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};

const turns = new SocketTurns();

/**
 * Returns a function that acts after all sockets have been read; undefined if the scheduler's time is not known to be real. A clock that a test moves
 * waits for nothing.
 */
export function readFirst(scheduler: SchedulerLike & ReadsFirst): ReadFirst | undefined {
  if (scheduler !== steadyScheduler && scheduler !== asyncScheduler) return scheduler[READ_FIRST];
  return isVirtual(asyncScheduler.now()) ? undefined : turns.readFirst;
}

/** @param shown the time of `asyncScheduler` */
function isVirtual(shown: number): boolean {
  return Math.abs(shown - Date.now()) > SAME_CLOCK_MS;
}
