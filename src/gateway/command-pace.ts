/** How often one membership may send op 4. */

/** ms after which one more may be sent. */
const PERIOD = 1_000;
/** That many may follow one another at once. */
const BURST = 5;

/**
 * Five commands at once, and one more each second: 65 in any minute at the most. Discord closes a bot gateway that sends more than 120
 * commands, of all kinds and for all guilds, in 60 s (4008). Source: Discord docs, Gateway, Rate Limiting.
 */
export class CommandPace {
  /** When what was sent is made up for (ms). */
  #even = -Infinity;

  /** A command is sent at `now` (ms): how long (ms) the next one has to wait; 0 while the burst lasts. */
  sent(now: number): number {
    // A clock that is set back must not hold the next one for longer than the period.
    const even = Math.min(Math.max(this.#even, now), now + (BURST - 1) * PERIOD);
    this.#even = even + PERIOD;
    return Math.max(0, this.#even - now - (BURST - 1) * PERIOD);
  }
}
