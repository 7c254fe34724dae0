/** Random numbers from 0 to 1; a seed always gives the same ones. */
export function seeded(seed: number): () => number;
