/** Limits how often a user identifies. */
import type { Snowflake } from '../../types.js';

/** How many Identifies and Resumes of one user are accepted. */
export interface RateLimit {
  /** The maximum number within `window`. */
  readonly times: number;
  /** ms. */
  readonly window: number;
}

/** Counts per user, over a sliding window. */
export class RateLimiter {
  limit: RateLimit | undefined;
  readonly #seen = new Map<Snowflake, number[]>();

  /** Whether one more request, at `now` ms, is over the limit. Refused ones count too: hammering does not help. */
  exceeds(userId: Snowflake, now: number): boolean {
    if (this.limit === undefined) return false;
    const { times, window } = this.limit;
    const recent = (this.#seen.get(userId) ?? []).filter((at) => at > now - window);
    recent.push(now);
    this.#seen.set(userId, recent);
    return recent.length > times;
  }

  /** Sets a new limit, and forgets the requests so far. */
  set(limit: RateLimit | undefined): void {
    this.limit = limit;
    this.#seen.clear();
  }
}
