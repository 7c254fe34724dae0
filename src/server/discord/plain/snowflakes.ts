/** Ascending ids. Source: Discord docs, Reference, Snowflakes. */
import type { Snowflake } from '../../../types.js';

/** Milliseconds since 1970 of the first second of 2015. */
const DISCORD_EPOCH = 1_420_070_400_000;
/** Bits below the time. */
const SERIAL_BITS = 22n;

/** Ids ascend, and contain the time of their creation. */
export class Snowflakes {
  #last = 0n;

  /** @param wallClock ms since 1970 */
  constructor(private readonly wallClock: () => number) {}

  /** An id that was never used before. */
  next(): Snowflake {
    const now = BigInt(Math.max(0, Math.trunc(this.wallClock()) - DISCORD_EPOCH)) << SERIAL_BITS;
    this.#last = now > this.#last ? now : this.#last + 1n;
    return this.#last.toString();
  }
}

/** When an id was created, as ISO 8601. */
export function createdAt(id: Snowflake): string {
  return new Date(Number(BigInt(id) >> SERIAL_BITS) + DISCORD_EPOCH).toISOString();
}
