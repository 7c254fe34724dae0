/** Which connections a fault is to end, and at which point: entries that wear out. */
import type { Snowflake } from '../../types.js';

/** Whom a fault strikes, and how often. */
export interface StrikeOptions {
  /** Only this user. Default: everybody. */
  readonly userId?: Snowflake;
  /** How often, until it is taken back by itself. Default: without end. */
  readonly times?: number;
}

interface Strike {
  readonly code: number;
  left: number;
}

/** Close codes by the point where they strike. One for everybody and one for each user at each point; the user's comes first. */
export class Refusals<Point extends string> {
  readonly #strikes = new Map<string, Strike>();

  /** Sets the code of a point, in place of the one before; null takes it back. */
  set(point: Point, code: number | null, { userId, times = Infinity }: StrikeOptions): void {
    if (code === null || times <= 0) this.#strikes.delete(keyOf(point, userId));
    else this.#strikes.set(keyOf(point, userId), { code, left: times });
  }

  /** The code that strikes this user here, now one time less; null for a user not known yet. */
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
