/** Decibels of amplitude. */

/** Decibels to a factor of ten in amplitude. */
const PER_DECADE = 20;

/** The factor for a gain in dB: `db(0)` is 1, `db(-6)` about a half, `db(-Infinity)` 0. */
export function db(decibels: number): number {
  return 10 ** (decibels / PER_DECADE);
}

/** The dB of a factor; -Infinity for 0. */
export function decibels(factor: number): number {
  return PER_DECADE * Math.log10(factor);
}
