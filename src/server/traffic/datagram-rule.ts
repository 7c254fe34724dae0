/** Rules for datagrams: their input and their result. */
import type { Snowflake } from '../../types.js';

/** An audio datagram, as passed to a rule. */
export interface DatagramInfo {
  /** `inbound`: from a client, before decryption. `outbound`: one copy, on its way to one member. */
  readonly direction: 'inbound' | 'outbound';
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  /** The sender. */
  readonly userId: Snowflake;
  /** The receiver; null if inbound. */
  readonly receiverId: Snowflake | null;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
}

/**
 * What happens to a datagram. A number delays it by that many milliseconds, so that later ones can overtake it. A list has the delay of each of
 * several copies: `[]` is lost, `[0, 15]` arrives twice.
 */
export type DatagramFate = 'pass' | 'drop' | 'duplicate' | number | readonly number[];
/** Decides for each audio datagram; it may keep its own state. It must not throw. */
export type DatagramRule = (packet: DatagramInfo) => DatagramFate;
