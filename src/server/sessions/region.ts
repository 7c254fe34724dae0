/** Where a guild's voice server is to be found, as far as members and sessions care. Its ports are opened elsewhere. */
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import type { Snowflake } from '../../types.js';

/** Where a region's datagrams come and go. */
export interface DatagramSocket {
  readonly port: number;
  /** Sends and forgets. False, and nothing happens, while the port is let go. */
  send(datagram: Uint8Array, to: DiscoveredAddress): boolean;
  /** Behind the datagrams that have come so far, each in the order in which it is asked for; at once while the port is let go. */
  behind(act: () => void): void;
}

/** A place that clients connect to. */
export interface Region {
  /** What VOICE_SERVER_UPDATE carries. */
  readonly endpoint: string;
  readonly udp: DatagramSocket;
}

/** Which region each guild is in: one at a time. */
export interface GuildRegions {
  of(guildId: Snowflake): Region;
  /** From one region to another. @throws the error of node when there is no port for the other */
  change(guildId: Snowflake): Promise<Region>;
}
