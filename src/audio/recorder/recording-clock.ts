/** The time of a recording: from 0 on, whatever the session's clock was set to, and never back. */
import type { SchedulerLike } from 'rxjs';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { READ_FIRST, type ReadFirst, type ReadsFirst } from '../../socket-turns.js';
import { readFirst } from '../../steady-scheduler.js';
import { MonotonicTime } from '../timing/monotonic-time.js';

/** Further back than this (ms), and the clock was set. */
const TOLERANCE_MS = 1_000;

/** A scheduler whose clock shows the ms of the recording. */
export class RecordingClock implements SchedulerLike, ReadsFirst {
  readonly #scheduler: SchedulerLike;
  readonly #time = new MonotonicTime(TOLERANCE_MS);
  readonly #start: number;
  readonly schedule: SchedulerLike['schedule'];

  /** @param scheduler the session's; the recording starts now */
  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
    this.#start = this.#time.read(scheduler.now());
    this.schedule = scheduler.schedule.bind(scheduler);
  }

  now(): number {
    return this.#time.read(this.#scheduler.now()) - this.#start;
  }

  /** Its time is as real as the session's. */
  get [READ_FIRST](): ReadFirst | undefined {
    return readFirst(this.#scheduler);
  }

  /** An arrival (ms of the session's clock) in samples of the recording. Nothing can have come before it, or after now. */
  samplesAt(arrival: number): number {
    const now = this.now();
    return Math.round(Math.min(Math.max(0, this.#time.fromClock(arrival) - this.#start), now) * SAMPLES_PER_MS);
  }
}
