/** The region of a guild's voice server, as members and sessions use it. Its ports are opened elsewhere. */
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import type { Snowflake } from '../../types.js';

/** The socket for a region's datagrams. */
export interface DatagramSocket {
  readonly port: number;
  /** Sends without waiting. Returns false, and does nothing, while the port is released. */
  send(datagram: Uint8Array, to: DiscoveredAddress): boolean;
  /** Runs an action after the datagrams received so far, in the order of the calls; at once while the port is released. */
  behind(act: () => void): void;
}

/** A place that clients connect to. */
export interface Region {
  /** The endpoint in VOICE_SERVER_UPDATE. */
  readonly endpoint: string;
  readonly udp: DatagramSocket;
}

/** Which region each guild is in: one at a time. */
export interface GuildRegions {
  of(guildId: Snowflake): Region;
  /** Moves a guild to the other region. @throws the error of node if no port is available for the other */
  change(guildId: Snowflake): Promise<Region>;
}
