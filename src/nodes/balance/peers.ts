/**
 * One other node, drawn at random, by one request or two. Each node watching all of them would be the square of their number in messages.
 *
 * Revisions of the bucket are numbers of one row, and each node renews once in an eighth of a lease: so between two renewals of this node there is one
 * entry of each of the others, and a revision that is drawn there is a node that is drawn, and which has just been heard of. One that is dead
 * or cut off has none there.
 */
import { fromRecord, type NodeRecord, type Peers } from '../registry/buckets.js';

/** Revisions of two renewals in a row. */
export interface Between {
  readonly after: number;
  readonly before: number;
}

/** Another node, as it has told. */
export interface Peer extends NodeRecord {
  readonly id: string;
  readonly revision: number;
}

/**
 * Undefined where there is none, or what was drawn is none.
 *
 * @param own the id of this node
 * @param random a number from 0 up to 1
 */
export async function drawPeer(peers: Peers, own: string, between: Between | undefined, random: () => number): Promise<Peer | undefined> {
  if (between === undefined) return undefined;
  const { after, before } = between;
  const drawn = after + 1 + Math.floor(random() * (before - after - 1));
  const found = await peers.next(drawn);
  // Those that have renewed since are behind ours.
  const entry = found?.key === own ? await peers.next(found.revision + 1) : found;
  const { sessions, capacity, draining } = fromRecord<NodeRecord>(entry) ?? {};
  if (entry === null || entry.key === own || typeof sessions !== 'number' || typeof capacity !== 'number') return undefined;
  return { id: entry.key, revision: entry.revision, sessions, capacity, draining: draining === true };
}
