/**
 * Chooses the node for a new session: the less used of two that are drawn at random.
 *
 * It does not choose the least used of all, because every process of every bot sees the same records, which may be as old as a renewal. All would
 * choose the same node at once, for example after a machine has died. With random draws, no node gets more than {@link DRAWN} times its share of the
 * sessions placed between two renewals, whatever the records say (Mitzenmacher, "How Useful Is Old Information?", 2000).
 * `npm run simulate:fleet` shows both.
 */

/** A node that takes sessions. */
export interface Candidate {
  readonly id: string;
  /** The share of its capacity that is in use: 1 is full. */
  readonly use: number;
}

/** The number of nodes drawn. A fleet with no more nodes than this is compared as a whole, and so filled evenly. */
export const DRAWN = 2;

/**
 * Returns the id of one of the nodes; undefined if there are none. A full node is chosen only if all are full.
 *
 * @param random returns a number from 0 up to 1; called for each draw
 */
export function place(nodes: readonly Candidate[], random: () => number, drawn = DRAWN): string | undefined {
  const open = nodes.filter(({ use }) => use < 1);
  const pool = open.length > 0 ? open : nodes.slice();
  let best: Candidate | undefined;
  for (let i = 0; i < drawn && i < pool.length; i += 1) {
    // The drawn node moves to the front, where it cannot be drawn again.
    const at = i + Math.floor(random() * (pool.length - i));
    const one = pool[at]!;
    pool[at] = pool[i]!;
    pool[i] = one;
    if (best === undefined || one.use < best.use) best = one;
  }
  return best?.id;
}
