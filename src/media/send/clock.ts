/**
 * The one clock of all sessions of a scheduler. It wakes at absolute deadlines, so that it does not drift; it ticks every seat
 * that is due in one go; and it stops when no seat is taken.
 *
 * It is hand-written because `interval(20)` is no clock: it drifts (994 of 1000 ticks in 20 s), and one timer a session costs
 * three to six times as much as one for all (docs/decisions.md).
 */
import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { report } from '../../edge.js';

/** Something that wants to be called at a time of its own choosing. */
export interface Seat {
  /** When to be called next, in ms of the scheduler's clock. Read after each tick. */
  readonly due: number;
  /** Does what is due; afterwards `due` must lie ahead. */
  tick(now: number): void;
  /** The wall clock was set back by `ms` while we slept: every deadline moves with it. */
  shift(ms: number): void;
}

/** What a seat's owner needs of the clock. */
export type Seating = Pick<FrameClock, 'nextStart' | 'serves' | 'take'>;

/** Sessions that start at different times are gathered on a grid, so that at most 200 wake-ups a second serve them all. */
const GRID_MS = 5;
/** Timers count whole milliseconds; a seat that is due within the next one is served now rather than by a wake-up of its own. */
const EARLY_MS = 1;
/** More than this before the time we asked to be woken at: the clock was set back. `steadyScheduler` cannot be; a caller's scheduler may. */
const STEP_MS = 100;

const clocks = new WeakMap<SchedulerLike, FrameClock>();

/** The clock of a scheduler: the same one for every caller, so that a test's virtual time has a clock of its own. */
export function frameClock(scheduler: SchedulerLike): FrameClock {
  let clock = clocks.get(scheduler);
  if (clock === undefined) clocks.set(scheduler, (clock = new FrameClock(scheduler)));
  return clock;
}

export class FrameClock {
  readonly #scheduler: SchedulerLike;
  readonly #seats = new Set<Seat>();
  #wake = Subscription.EMPTY;
  #wakeAt = Infinity;
  #anchor = 0;
  /** The time at which the clock last looked at the time: one before it means that the wall clock was set back. */
  #seen = -Infinity;
  #ticking = false;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler.now();
  }

  /** When a seat taken now may first be due: at once on an idle clock, at the next grid point on one that runs. */
  nextStart(): number {
    const now = this.now();
    if (this.#seats.size === 0) this.#anchor = now;
    return now + ((GRID_MS - ((now - this.#anchor) % GRID_MS)) % GRID_MS);
  }

  /** Whether a seat is ticked. The one place where that is known: who remembers it for himself will be wrong one day, and silent. */
  serves(seat: Seat): boolean {
    return this.#seats.has(seat);
  }

  /** Ticks `seat` whenever it is due, never synchronously, until unsubscribed. */
  take(seat: Seat): Subscription {
    const now = this.now();
    // The wake-up that would have found this out is about to be replaced by an earlier one.
    if (this.#seen - now > STEP_MS) this.#shift(this.#seen - now);
    this.#seen = now;
    this.#seats.add(seat);
    if (!this.#ticking && seat.due < this.#wakeAt) this.#sleepUntil(seat.due, now);
    return new Subscription(() => {
      this.#seats.delete(seat);
      // Within a tick the tick itself looks whether anybody is left: who leaves may be followed by who comes.
      if (this.#seats.size === 0 && !this.#ticking) this.#stop();
    });
  }

  #shift(ms: number): void {
    this.#wakeAt -= ms;
    for (const seat of this.#seats) seat.shift(ms);
  }

  #stop(): void {
    this.#wake.unsubscribe();
    this.#wake = Subscription.EMPTY;
    this.#wakeAt = Infinity;
  }

  #sleepUntil(due: number, now: number): void {
    this.#wake.unsubscribe();
    this.#wakeAt = due;
    const clock = this;
    this.#wake = this.#scheduler.schedule(function () {
      clock.#tick(this);
    }, Math.max(0, due - now));
  }

  #tick(action: SchedulerAction<unknown>): void {
    const now = this.now();
    const early = this.#wakeAt - now;
    if (early > STEP_MS) this.#shift(early);
    this.#seen = now;
    this.#ticking = true;
    let next = Infinity;
    for (const seat of this.#seats) {
      if (seat.due <= now + EARLY_MS) this.#serve(seat, now);
      if (this.#seats.has(seat) && seat.due < next) next = seat.due;
    }
    this.#ticking = false;
    if (this.#seats.size === 0) {
      this.#stop();
      return;
    }
    this.#wakeAt = next;
    // From the time the tick began, which is what the timer will count from: the work of this tick must not delay the next.
    action.schedule(undefined, Math.max(0, next - now));
  }

  /** A seat that throws loses its place, and RxJS reports the error as unhandled; the clock is everybody's, and goes on. */
  #serve(seat: Seat, now: number): void {
    try {
      seat.tick(now);
    } catch (error) {
      this.#seats.delete(seat);
      report(error);
    }
  }
}
