/**
 * What a node knows of the others: the latest record of each node that it drew recently. The mean of these and its own record estimates the mean of the fleet.
 * In a small fleet the node waits until it has drawn all others. Otherwise, of two nodes that carry too much, the one with more would give the other sessions
 * that this one must pass on.
 */
import type { NodeRecord } from '../registry/buckets.js';
import type { Peer } from './peers.js';

/** A node that is not among this many latest draws is forgotten. */
const REMEMBERED = 8;
/** In larger fleets, this many other nodes are enough to estimate the mean. */
const ENOUGH = 3;

/** The other nodes as they were drawn, plus the sessions moved to them since. */
export class Sample {
  readonly #peers = new Map<string, Peer>();
  readonly #drawn: string[] = [];

  /** Adds a drawn node. Returns it as it is now: sessions that were moved to it are added until it has renewed its record. */
  note(peer: Peer): Peer {
    const known = this.#peers.get(peer.id);
    const now = known?.revision === peer.revision ? known : peer;
    this.#peers.set(peer.id, now);
    this.#drawn.push(peer.id);
    if (this.#drawn.length > REMEMBERED) {
      const oldest = this.#drawn.shift()!;
      if (!this.#drawn.includes(oldest)) this.#peers.delete(oldest);
    }
    return now;
  }

  /** Counts one session that has moved to it. Returns it as it is then. */
  gave(peer: Peer): Peer {
    const now = { ...peer, sessions: peer.sessions + 1 };
    this.#peers.set(peer.id, now);
    return now;
  }

  /** Whether a session moved from here to there goes from above the mean to below it. Then no session has to move on to a third node. */
  between(mine: NodeRecord, peer: Peer): boolean {
    if (this.#peers.size < Math.min(ENOUGH, peer.others)) return false;
    let { sessions, capacity } = mine;
    for (const known of this.#peers.values()) {
      sessions += known.sessions;
      capacity += known.capacity;
    }
    // Compares shares of capacities by cross-multiplying: whole numbers are not rounded.
    return mine.sessions * capacity > sessions * mine.capacity && peer.sessions * capacity < sessions * peer.capacity;
  }
}
