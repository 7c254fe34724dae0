/**
 * How many sessions a node lets go of to another, by what each has of its capacity. Two that differ by less than the margin leave each other
 * alone, in both directions: what has gone over it has to come back over it, and for that the loads would have to turn round.
 *
 * ```
 * the other's use   0 ........ 0.8 x ours ..... ours
 *                   |  it gets  |  nothing goes either way ...
 * ```
 */
import type { NodeRecord } from '../registry/buckets.js';

/** So many times the other's use ours must be. What chance makes of songs that come and go is within it, as they are placed at the less used. */
const MARGIN = 1.25;
/** So many sessions must be too many here, as seen from the point where both are used alike: of few, a share says little. */
const FEW = 2;
/** Of those that are too many, the share that goes by one look: others look at the same node meanwhile, and see what we see. */
const SHARE = 0.25;
/** No more by one look. */
const MOST = 4;

/** 0 where the other is not to have any: it is used as much, full, or about to end. */
export function surplus(mine: NodeRecord, other: NodeRecord): number {
  if (other.draining || other.sessions >= other.capacity) return 0;
  // Shares of the two capacities, by the product of these: whole numbers have no rounding.
  const [use, others] = [mine.sessions * other.capacity, other.sessions * mine.capacity];
  const many = (use - others) / (mine.capacity + other.capacity);
  return many < FEW || use < others * MARGIN ? 0 : Math.min(MOST, Math.ceil(many * SHARE));
}
