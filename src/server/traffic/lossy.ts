/** A bad network, by numbers: a ready-made rule for `faults.datagrams`. */
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
  /** Share that is held back by `reorderBy`, so that those behind it overtake it. Default 0. */
  readonly reorder?: number;
  /** ms that those are held back. Default 50: two frames of 20 ms go past. */
  readonly reorderBy?: number;
  /** ms; everything is delayed by 0 to so many, evenly spread. More than the spacing of the frames reorders by itself. Default 0. */
  readonly jitter?: number;
  /** The same seed, the same fate for the n-th datagram of each sender, receiver and direction. Default 1. */
  readonly seed?: number;
  /** From the clients, to the clients, or both, each by itself. Default `both`. */
  readonly direction?: 'inbound' | 'outbound' | 'both';
}

/** A network that does nothing to anybody. */
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
 * A rule that loses, doubles, reorders and delays by chance, always in the same way for a seed.
 *
 * ```
 * server.faults.datagrams(lossy({ loss: 0.05, reorder: 0.02, jitter: 15, seed: 7 }));
 * ```
 *
 * @throws RangeError for a share outside of 0 to 1, or a negative time
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
    // Always as many numbers a datagram, so that one option does not change what another does.
    const [lost, doubled, late, delay, again] = [random(), random(), random(), random() * jitter, random() * jitter];
    if (lost < loss) return 'drop';
    const first = delay + (late < reorder ? reorderBy : 0);
    if (doubled < duplicate) return [first, first + again];
    return first === 0 ? 'pass' : first;
  };
}
