/**
 * What a node knows of the others: those that it has drawn last, as each has told last. Their mean with its own stands for that of all. A fleet of few it knows as
 * a whole, and lets go of none before it does: of two that have too much, the one with more would give to the other what that has to pass on.
 */
import type { NodeRecord } from '../registry/buckets.js';
import type { Peer } from './peers.js';

/** Draws, after which what was drawn then and not since is forgotten. */
const REMEMBERED = 8;
/** Of a fleet of more, so many others say what the mean is about. */
const ENOUGH = 3;

/** Another node as it was drawn, with what was given to it since. */
export class Sample {
  readonly #peers = new Map<string, Peer>();
  readonly #drawn: string[] = [];

  /** One more is drawn. Returns how it is: what has gone there counts until it has told how many it has. */
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

  /** One session has gone there. Returns how it is then. */
  gave(peer: Peer): Peer {
    const now = { ...peer, sessions: peer.sessions + 1 };
    this.#peers.set(peer.id, now);
    return now;
  }

  /** Whether a session that goes from here to there goes from above the mean to below it: none goes by a third node then. */
  between(mine: NodeRecord, peer: Peer): boolean {
    if (this.#peers.size < Math.min(ENOUGH, peer.others)) return false;
    let { sessions, capacity } = mine;
    for (const known of this.#peers.values()) {
      sessions += known.sessions;
      capacity += known.capacity;
    }
    // Shares of capacities, by products: whole numbers have no rounding.
    return mine.sessions * capacity > sessions * mine.capacity && peer.sessions * capacity < sessions * peer.capacity;
  }
}
