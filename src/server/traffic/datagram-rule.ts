/** What may become of a datagram on its way: what a rule is told, and what it may answer. */
import type { Snowflake } from '../../types.js';

/** An audio datagram, as a rule sees it. */
export interface DatagramInfo {
  /** `inbound`: from a client, before it is opened. `outbound`: one copy, on its way to one member. */
  readonly direction: 'inbound' | 'outbound';
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  /** Whose audio it is. */
  readonly userId: Snowflake;
  /** Who is to get it; null when inbound. */
  readonly receiverId: Snowflake | null;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
}

/**
 * What becomes of a datagram. A number delays it by as many milliseconds, and so lets later ones overtake it. A list says it of
 * each of several copies: `[]` is lost, `[0, 15]` comes twice.
 */
export type DatagramFate = 'pass' | 'drop' | 'duplicate' | number | readonly number[];
/** Decides for each audio datagram, by its own state or not. It must not throw. */
export type DatagramRule = (packet: DatagramInfo) => DatagramFate;
