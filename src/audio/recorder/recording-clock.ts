/** The time of a recording: it starts at 0 and never goes back, even if the session's clock is changed. */
import type { SchedulerLike } from 'rxjs';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { READ_FIRST, type ReadFirst, type ReadsFirst } from '../../socket-turns.js';
import { readFirst } from '../../steady-scheduler.js';
import { MonotonicTime } from '../timing/monotonic-time.js';

/** A larger step back than this (ms) means that the clock was set. */
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

  /** Its time is real if the session's is. */
  get [READ_FIRST](): ReadFirst | undefined {
    return readFirst(this.#scheduler);
  }

  /** Converts an arrival (ms of the session's clock) to samples of the recording, limited to the time from its start to now. */
  samplesAt(arrival: number): number {
    const now = this.now();
    return Math.round(Math.min(Math.max(0, this.#time.fromClock(arrival) - this.#start), now) * SAMPLES_PER_MS);
  }
}
