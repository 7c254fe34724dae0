/** Faults of the UDP side. */
import type { Snowflake } from '../../types.js';
import type { DatagramRule } from '../traffic/datagram-rule.js';
import type { ForwardingOptions } from '../traffic/forwarding.js';

/** Faults of datagrams. */
export interface MediaFaults {
  /** Does not answer the next `count` IP discovery requests; `Infinity`: all of them. 0 ends that. */
  loseDiscoveryReplies(count: number): void;
  /** Sets a rule that decides on each audio datagram, inbound and outbound; null stops that. `lossy` makes one. */
  datagrams(rule: DatagramRule | null): void;
  /**
   * The next `count` end-to-end encrypted packets of a user are forwarded unencrypted, as real clients send a few around transitions; 0 ends that.
   */
  plainPackets(userId: Snowflake, count: number): void;
  /**
   * Sets how audio is forwarded from now on, in place of the option of the same name; null: byte for byte.
   * @throws RangeError for an option out of range
   */
  forwarding(options: ForwardingOptions | null): void;
}
