/** Simulates a bad network: a ready-made rule for `faults.datagrams`. */
import { withDefaults } from '../defaults.js';
import { checkShares, checkTimes } from './checks.js';
import type { DatagramFate, DatagramInfo, DatagramRule } from './datagram-rule.js';
import { randomOf, seedOf, type Random } from './seeded-random.js';

/** How bad the network is. Shares are from 0 to 1, of all audio datagrams. See {@link DEFAULT_LOSSY_OPTIONS}. */
export interface LossyOptions {
  /** Share of datagrams that are lost. Default 0. */
  readonly loss?: number;
  /** Share that arrives twice, the second time up to `jitter` later. Default 0. */
  readonly duplicate?: number;
  /** Share that is held back by `reorderBy`, so that later datagrams overtake it. Default 0. */
  readonly reorder?: number;
  /** ms that those are held back. Default 50: two frames of 20 ms overtake them. */
  readonly reorderBy?: number;
  /** ms; each datagram is delayed by 0 to this, uniformly distributed. More than the frame spacing causes reordering too. Default 0. */
  readonly jitter?: number;
  /** With the same seed, the n-th datagram of each sender, receiver and direction has the same fate. Default 1. */
  readonly seed?: number;
  /** From the clients, to the clients, or both independently. Default `both`. */
  readonly direction?: 'inbound' | 'outbound' | 'both';
}

/** A network without any effect. */
export const DEFAULT_LOSSY_OPTIONS = {
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderBy: 50,
  jitter: 0,
  seed: 1,
  direction: 'both',
} as const satisfies Required<LossyOptions>;

/**
 * A rule that drops, duplicates, reorders and delays at random, always in the same way for a seed.
 *
 * ```
 * server.faults.datagrams(lossy({ loss: 0.05, reorder: 0.02, jitter: 15, seed: 7 }));
 * ```
 *
 * @throws RangeError for a share outside 0 to 1, or a negative time
 */
export function lossy(options: LossyOptions): DatagramRule {
  const settings = withDefaults<Required<LossyOptions>>(DEFAULT_LOSSY_OPTIONS, options);
  const { loss, duplicate, reorder, reorderBy, jitter, seed, direction } = settings;
  checkShares({ loss, duplicate, reorder });
  checkTimes({ reorderBy, jitter });
  const chances = new Map<string, Random>();
  const chanceOf = (packet: DatagramInfo): Random => {
    const name = `${packet.direction}/${packet.guildId}/${packet.userId}/${packet.receiverId}`;
    let random = chances.get(name);
    if (random === undefined) chances.set(name, (random = randomOf(seedOf(seed, name))));
    return random;
  };
  return (packet): DatagramFate => {
    if (direction !== 'both' && packet.direction !== direction) return 'pass';
    const random = chanceOf(packet);
    // Always draws the same number of values for a datagram, so that one option does not change the effect of another.
    const [lost, doubled, late, delay, again] = [random(), random(), random(), random() * jitter, random() * jitter];
    if (lost < loss) return 'drop';
    const first = delay + (late < reorder ? reorderBy : 0);
    if (doubled < duplicate) return [first, first + again];
    return first === 0 ? 'pass' : first;
  };
}
