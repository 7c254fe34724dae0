/** What a pump needs from a connected voice server: it sends frames, and the Speaking message. */
import type { SpeakingFlags } from '../../types.js';
import type { SentPacket } from './sender.js';

export interface MediaLink {
  /** Sends one Opus packet of `samples` (48 kHz). The result is valid until the next packet is sent. */
  send(frame: Uint8Array, samples: number): SentPacket;
  /** Moves the RTP timestamp over a gap. */
  skip(samples: number): void;
  /** Sends opcode 5. While the WebSocket is being resumed, nothing is sent; after the resume it is called again. */
  speaking(flags: SpeakingFlags): void;
}
