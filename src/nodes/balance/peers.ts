/**
 * Draws one other node at random, with one or two requests. If each node watched all others, the number of messages would grow with the square of their number.
 *
 * All entries of the bucket share one sequence of revisions, and each node renews once in an eighth of a lease. So between two renewals of this node there is one
 * entry of each other node; a node that is dead or cut off has none there. The order in which nodes renew stays the same. So this draws a place in that order,
 * and asks for the entry at both revisions that it can have. Taking the first entry after a drawn revision would be biased: a node that renews after a long
 * gap is drawn more often, for hours, and one that renews right after another is never drawn.
 */
import { fromRecord, type Entry, type NodeRecord, type Peers } from '../registry/buckets.js';

/** The revisions of two successive renewals. */
export interface Between {
  readonly after: number;
  readonly before: number;
}

/** Another node, as its record says. */
export interface Peer extends NodeRecord {
  readonly id: string;
  readonly revision: number;
  /** How many nodes there are besides the one that drew this one. */
  readonly others: number;
}

/**
 * Resolves with undefined if there is no other node, or if the drawn entry is not a valid record of another node.
 *
 * @param own the id of this node
 * @param random returns a number from 0 up to 1
 */
export async function drawPeer(peers: Peers, own: string, between: Between | undefined, random: () => number): Promise<Peer | undefined> {
  if (between === undefined) return undefined;
  const { after, before } = between;
  const others = before - after - 1;
  const place = 1 + Math.floor(random() * others);
  const entry = await entryAt(peers, after + place, before + place);
  const { sessions, capacity, draining } = fromRecord<NodeRecord>(entry) ?? {};
  if (entry === null || entry.key === own || typeof sessions !== 'number' || typeof capacity !== 'number') return undefined;
  return { id: entry.key, revision: entry.revision, sessions, capacity, draining: draining === true, others };
}

/** The entry at the first revision or, if it has been renewed since, at the second. If the fleet is changing, it can be the entry of another node. */
async function entryAt(peers: Peers, early: number, late: number): Promise<Entry | null> {
  const found = await peers.next(early);
  return found?.revision === early ? found : ((await peers.next(late)) ?? found);
}
