/** Faults of the UDP side. */
import type { DatagramRule } from '../traffic/datagram-rule.js';
import type { ForwardingOptions } from '../traffic/forwarding.js';

/** What can go wrong with datagrams. */
export interface MediaFaults {
  /** Leaves the next `count` IP discovery requests without an answer; `Infinity`: all of them. 0 ends that. */
  loseDiscoveryReplies(count: number): void;
  /** Lets a rule decide on each audio datagram, inbound and outbound; null stops that. `lossy` makes one. */
  datagrams(rule: DatagramRule | null): void;
  /**
   * How audio is forwarded from now on, in place of the option of the same name; null: byte for byte as it came.
   * @throws RangeError for an option out of range
   */
  forwarding(options: ForwardingOptions | null): void;
}
