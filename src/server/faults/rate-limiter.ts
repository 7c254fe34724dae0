/** Who identifies too often. */
import type { Snowflake } from '../../types.js';

/** How many Identifies and Resumes of one user are taken. */
export interface RateLimit {
  /** At most so many within `window`. */
  readonly times: number;
  /** ms. */
  readonly window: number;
}

/** Counts per user, over a window that slides. */
export class RateLimiter {
  limit: RateLimit | undefined;
  readonly #seen = new Map<Snowflake, number[]>();

  /** Whether this one more, at `now` ms, is one too many. Those refused count too: hammering does not help. */
  exceeds(userId: Snowflake, now: number): boolean {
    if (this.limit === undefined) return false;
    const { times, window } = this.limit;
    const recent = (this.#seen.get(userId) ?? []).filter((at) => at > now - window);
    recent.push(now);
    this.#seen.set(userId, recent);
    return recent.length > times;
  }

  /** A new limit; what was before it is forgotten. */
  set(limit: RateLimit | undefined): void {
    this.limit = limit;
    this.#seen.clear();
  }
}
