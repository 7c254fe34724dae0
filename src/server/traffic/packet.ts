/** Audio packets, as the server emits them. */
import type { Snowflake } from '../../types.js';

/** An RTP packet from a client, after transport decryption. */
export interface ServerPacket {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  /** Who sent it. */
  readonly userId: Snowflake;
  readonly ssrc: number;
  /** 16 bits, wraps. */
  readonly sequence: number;
  /** 32 bits, wraps; samples at 48 kHz. */
  readonly timestamp: number;
  readonly marker: boolean;
  /** Without header extension and padding: the Opus packet. Empty if the packet had only padding. */
  readonly payload: Uint8Array;
  /** Milliseconds of the server's `now`. */
  readonly arrival: number;
}

/** An audio packet on its way to the others. With end-to-end encryption the payload is encrypted. */
export type ForwardedPacket = Omit<ServerPacket, 'arrival'>;
