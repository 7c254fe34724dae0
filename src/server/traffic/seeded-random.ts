/** Seeded random numbers: the same seed gives the same numbers. Not for keys. */

/** Numbers from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** The numbers of a seed (mulberry32: 32 bits of state, a period of 2^32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Derives a seed for one named stream from a common seed (FNV-1a), so that the order in which streams draw does not matter. */
export function seedOf(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
