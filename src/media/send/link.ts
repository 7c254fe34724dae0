/** What a pump needs of a connected voice server: a way out for frames, and for the news that we speak. */
import type { SpeakingFlags } from '../../types.js';
import type { SentPacket } from './sender.js';

export interface MediaLink {
  /** Sends one Opus packet of `samples` (48 kHz). What it tells is valid until the next one is sent. */
  send(frame: Uint8Array, samples: number): SentPacket;
  /** Moves the RTP timestamp over a gap. */
  skip(samples: number): void;
  /** Opcode 5. While the WebSocket is being resumed nothing is sent: the resumed link is told again. */
  speaking(flags: SpeakingFlags): void;
}
