/** How often one membership may send op 4. */

/** The interval after which one more command may be sent, in ms. */
const PERIOD = 1_000;
/** The number of commands that may be sent at once. */
const BURST = 5;

/**
 * Five commands at once, and one more each second: 65 in any minute at most. Discord closes a bot gateway that sends more than 120 commands, of all
 * kinds and for all guilds, in 60 s (4008). Source: Discord docs, Gateway, Rate Limiting.
 */
export class CommandPace {
  /** The time (ms) at which the commands sent so far no longer count. */
  #even = -Infinity;

  /** Counts a command sent at `now` (ms). Returns how long (ms) the next one has to wait; 0 within the burst. */
  sent(now: number): number {
    // If the clock is set back, the next command must not wait longer than the period.
    const even = Math.min(Math.max(this.#even, now), now + (BURST - 1) * PERIOD);
    this.#even = even + PERIOD;
    return Math.max(0, this.#even - now - (BURST - 1) * PERIOD);
  }
}
