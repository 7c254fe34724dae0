/**
 * Which node runs one more session: the less used of two that are drawn.
 *
 * Not the least used of all: every process of every bot sees the same records, up to a renewal old, and so all of them would choose that one
 * at the same time, as when a machine has died. Drawn, no node gets more than {@link DRAWN} times its share of what is placed between two
 * renewals, whatever the records say (Mitzenmacher, "How Useful Is Old Information?", 2000). `npm run simulate:fleet` shows both.
 */

/** A node that takes sessions. */
export interface Candidate {
  readonly id: string;
  /** The share of its capacity that is in use: 1 is full. */
  readonly use: number;
}

/** So many are drawn. A fleet of no more is known as a whole, and filled evenly. */
export const DRAWN = 2;

/**
 * The id of one of them; undefined where there are none. Those that are full are asked where all are.
 *
 * @param random a number from 0 up to 1, asked for each that is drawn
 */
export function place(nodes: readonly Candidate[], random: () => number, drawn = DRAWN): string | undefined {
  const open = nodes.filter(({ use }) => use < 1);
  const pool = open.length > 0 ? open : nodes.slice();
  let best: Candidate | undefined;
  for (let i = 0; i < drawn && i < pool.length; i += 1) {
    // The one that is drawn goes to the front, where it is not drawn again.
    const at = i + Math.floor(random() * (pool.length - i));
    const one = pool[at]!;
    pool[at] = pool[i]!;
    pool[i] = one;
    if (best === undefined || one.use < best.use) best = one;
  }
  return best?.id;
}
