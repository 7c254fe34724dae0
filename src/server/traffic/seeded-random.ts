/** Seeded random numbers: what a seed brings about can be brought about again. Not for keys. */

/** Numbers from 0 up to, not including, 1. */
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

/** A seed for one of many things under one seed, named by a text (FNV-1a): how they interleave does not matter then. */
export function seedOf(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}
