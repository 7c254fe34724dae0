/** One timer for all that an operator waits for. */
import { Subscription, type SchedulerLike } from 'rxjs';

/** A timer this late (ms) says that the event loop was blocked. */
const BLOCKED_MS = 10;
/** After a blocked loop it waits as long again as it was late, and this long (ms) at most. */
const MAX_EXCUSE_MS = 100;

/**
 * Wakes at the earliest time it was set to. Moving it later costs nothing: it wakes, is told the right time, and sleeps again.
 *
 * ```
 * loop      ......[blocked      ].......
 * due              ^
 * sockets                        ppppp       what came meanwhile is read only now
 * wakes                          -----^      not at once: Node runs timers before it reads sockets
 * ```
 * So whoever concludes from silence does not take a busy process for a silent network.
 */
export class WakeUp {
  readonly #scheduler: SchedulerLike;
  readonly #onWake: (now: number) => number | undefined;
  #timer = Subscription.EMPTY;
  #at = Number.POSITIVE_INFINITY;
  #excused = false;
  #stopped = false;

  /** @param onWake what to do; gives when to wake next, in ms of the scheduler's clock, or undefined */
  constructor(scheduler: SchedulerLike, onWake: (now: number) => number | undefined) {
    this.#scheduler = scheduler;
    this.#onWake = onWake;
  }

  /** Wakes at `due` (ms of the scheduler's clock) or sooner; undefined asks for nothing. */
  set(due: number | undefined): void {
    if (due === undefined || due >= this.#at || this.#excused || this.#stopped) return;
    this.#sleepUntil(due, this.#scheduler.now());
  }

  /** Never wakes again. */
  stop(): void {
    this.#stopped = true;
    this.#timer.unsubscribe();
  }

  #sleepUntil(due: number, now: number): void {
    this.#timer.unsubscribe();
    this.#at = due;
    this.#timer = this.#scheduler.schedule(() => this.#wake(), Math.max(0, due - now));
  }

  #wake(): void {
    const now = this.#scheduler.now();
    const late = now - this.#at;
    if (late > BLOCKED_MS && !this.#excused) {
      this.#excused = true;
      this.#sleepUntil(now + Math.min(late, MAX_EXCUSE_MS), now);
      return;
    }
    this.#excused = false;
    this.#at = Number.POSITIVE_INFINITY;
    this.set(this.#onWake(now));
  }
}
