/** Which connections a fault ends, and at which point. Entries have a limited number of uses. */
import type { Snowflake } from '../../types.js';

/** Whom a fault affects, and how often. */
export interface StrikeOptions {
  /** Only this user. Default: everybody. */
  readonly userId?: Snowflake;
  /** How often, before it stops by itself. Default: no limit. */
  readonly times?: number;
}

interface Strike {
  readonly code: number;
  left: number;
}

/** Close codes by the point where they apply. Each point has one for everybody and one for each user; the user's takes precedence. */
export class Refusals<Point extends string> {
  readonly #strikes = new Map<string, Strike>();

  /** Sets the code of a point, and replaces the previous one; null removes it. */
  set(point: Point, code: number | null, { userId, times = Infinity }: StrikeOptions): void {
    if (code === null || times <= 0) this.#strikes.delete(keyOf(point, userId));
    else this.#strikes.set(keyOf(point, userId), { code, left: times });
  }

  /** The code for this user at this point; uses it up once. `userId` is null if the user is not known yet. */
  take(point: Point, userId: Snowflake | null): number | undefined {
    const own = userId === null ? undefined : this.#take(keyOf(point, userId));
    return own ?? this.#take(keyOf(point, undefined));
  }

  #take(key: string): number | undefined {
    const strike = this.#strikes.get(key);
    if (strike === undefined) return undefined;
    strike.left -= 1;
    if (strike.left <= 0) this.#strikes.delete(key);
    return strike.code;
  }
}

function keyOf(point: string, userId: Snowflake | undefined): string {
  return `${point}/${userId ?? ''}`;
}
