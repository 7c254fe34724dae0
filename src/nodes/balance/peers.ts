/**
 * One other node, drawn at random, by one request or two. Each node watching all of them would be the square of their number in messages.
 *
 * Revisions of the bucket are numbers of one row, and each node renews once in an eighth of a lease: so between two renewals of this node there is one
 * entry of each of the others. One that is dead or cut off has none there. The order in which nodes renew stays the same, and so a place in it is drawn, and
 * its entry asked for at both revisions that it may have. The first entry behind a drawn revision would not do: it is, for hours, more often one that renews long
 * before all others, and never one that renews right behind them.
 */
import { fromRecord, type Entry, type NodeRecord, type Peers } from '../registry/buckets.js';

/** Revisions of two renewals in a row. */
export interface Between {
  readonly after: number;
  readonly before: number;
}

/** Another node, as it has told. */
export interface Peer extends NodeRecord {
  readonly id: string;
  readonly revision: number;
  /** How many there are beside the one that has drawn it. */
  readonly others: number;
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
  const others = before - after - 1;
  const place = 1 + Math.floor(random() * others);
  const entry = await entryAt(peers, after + place, before + place);
  const { sessions, capacity, draining } = fromRecord<NodeRecord>(entry) ?? {};
  if (entry === null || entry.key === own || typeof sessions !== 'number' || typeof capacity !== 'number') return undefined;
  return { id: entry.key, revision: entry.revision, sessions, capacity, draining: draining === true, others };
}

/** That of the first revision, or, where it has been written anew, of the second. Of a fleet that changes it may be another's. */
async function entryAt(peers: Peers, early: number, late: number): Promise<Entry | null> {
  const found = await peers.next(early);
  return found?.revision === early ? found : ((await peers.next(late)) ?? found);
}
