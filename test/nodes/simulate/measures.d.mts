/** Numbers from 0 to 1, the same of each seed. */
export function seeded(seed: number): () => number;
