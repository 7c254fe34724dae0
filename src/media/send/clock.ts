/**
 * The shared clock of all sessions of a scheduler. It wakes at absolute deadlines, so it does not drift; one wake-up ticks all seats
 * that are due; and it stops when no seat is taken.
 *
 * It is hand-written because `interval(20)` is not a clock: it drifts (994 of 1000 ticks in 20 s), and one timer per session costs
 * three to six times as much as one for all (docs/decisions.md).
 */
import { Subscription, type SchedulerAction, type SchedulerLike } from 'rxjs';
import { report } from '../../edge.js';

/** Something that is called at times that it chooses itself. */
export interface Seat {
  /** When to be called next, in ms of the scheduler's clock. Read after each tick. */
  readonly due: number;
  /** Does what is due; afterwards `due` must be in the future. */
  tick(now: number): void;
  /** The wall clock was set back by `ms` while this clock slept: every deadline moves with it. */
  shift(ms: number): void;
}

/** The part of the clock that a seat's owner needs. */
export type Seating = Pick<FrameClock, 'nextStart' | 'serves' | 'take'>;

/** Session starts are rounded up to a grid, so that at most 200 wake-ups a second serve all sessions. */
const GRID_MS = 5;
/** Timers count whole milliseconds; a seat that is due within the next one is ticked now, which saves a wake-up. */
const EARLY_MS = 1;
/** A wake-up that is early by more than this: the clock was set back. A caller's scheduler may be, `steadyScheduler` cannot. */
const STEP_MS = 100;

const clocks = new WeakMap<SchedulerLike, FrameClock>();

/** The clock of a scheduler: one for all callers of that scheduler. So a test with virtual time has its own clock. */
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
  /** The latest time that was read: if a later reading is smaller, the wall clock was set back. */
  #seen = -Infinity;
  #ticking = false;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#scheduler.now();
  }

  /** When a seat taken now may first be due: at once if the clock is idle, at the next grid point if it runs. */
  nextStart(): number {
    const now = this.now();
    if (this.#seats.size === 0) this.#anchor = now;
    return now + ((GRID_MS - ((now - this.#anchor) % GRID_MS)) % GRID_MS);
  }

  /** Whether a seat is ticked. Do not keep a copy of this: if the copy were wrong, the session would stay silent. */
  serves(seat: Seat): boolean {
    return this.#seats.has(seat);
  }

  /** Ticks `seat` whenever it is due, never synchronously, until unsubscribed. */
  take(seat: Seat): Subscription {
    const now = this.now();
    // The pending wake-up would have detected this, but an earlier one may replace it now.
    if (this.#seen - now > STEP_MS) this.#shift(this.#seen - now);
    this.#seen = now;
    this.#seats.add(seat);
    if (!this.#ticking && seat.due < this.#wakeAt) this.#sleepUntil(seat.due, now);
    return new Subscription(() => {
      this.#seats.delete(seat);
      // During a tick, the tick itself checks whether a seat is left: another seat may be taken in the meantime.
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
    // Relative to the start of this tick, from which the timer counts too: the work of this tick must not delay the next.
    action.schedule(undefined, Math.max(0, next - now));
  }

  /** A seat that throws is removed, and RxJS reports the error as unhandled. The clock goes on for all other sessions. */
  #serve(seat: Seat, now: number): void {
    try {
      seat.tick(now);
    } catch (error) {
      this.#seats.delete(seat);
      report(error);
    }
  }
}
