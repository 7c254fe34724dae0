/**
 * How many sessions a node moves to another, from the share of its capacity that each uses. Two nodes that differ by less than the margin move
 * nothing, in either direction. So a session that has moved can only come back if the loads are reversed by more than the margin.
 *
 * ```
 * the other's use   0 ........ 0.8 x ours ..... ours
 *                   |  it gets  |  nothing goes either way ...
 * ```
 */
import type { NodeRecord } from '../registry/buckets.js';

/** This node must be used at least this many times as much as the other. Random variation stays below it, as new sessions go to less used nodes. */
const MARGIN = 1.25;
/** This node must have at least this many sessions more than if both were used equally. With few sessions, a ratio says little. */
const FEW = 2;
/** The share of the surplus that is moved per look: other nodes look at the same node meanwhile, and see the same record. */
const SHARE = 0.25;
/** The largest number of sessions moved per look. */
const MOST = 4;

/** 0 if the other node must not get any: it is used about as much, is full, or is draining. */
export function surplus(mine: NodeRecord, other: NodeRecord): number {
  if (other.draining || other.sessions >= other.capacity) return 0;
  // Compares shares of the two capacities by cross-multiplying: whole numbers are not rounded.
  const [use, others] = [mine.sessions * other.capacity, other.sessions * mine.capacity];
  const many = (use - others) / (mine.capacity + other.capacity);
  return many < FEW || use < others * MARGIN ? 0 : Math.min(MOST, Math.ceil(many * SHARE));
}
