/** What a jitter buffer tells of each place in a stream of packets. */
import type { Snowflake, VoicePacket } from '../../types.js';

/** A place in an SSRC's stream whose packet did not come in time. */
export interface LostPacket {
  readonly userId: Snowflake | null;
  readonly ssrc: number;
  /** RTP sequence of the missing packet, 16 bits. */
  readonly sequence: number;
  /** Its RTP timestamp, reckoned from its neighbours; 32 bits, samples at 48 kHz. */
  readonly timestamp: number;
  /** How long it was, reckoned likewise; samples at 48 kHz a channel. */
  readonly samples: number;
}

/**
 * One place in a stream, in the order of the RTP sequence.
 *
 * - `frame`: the packet of this place
 * - `lost`: its packet did not come in time; a decoder conceals it
 * - `late`: a packet came after its place was told as `lost`. It takes that back for the books (`lost` less `late` is what never
 *   came), and is of no use to the ear
 */
export type JitterEvent =
  | { readonly type: 'frame'; readonly packet: VoicePacket }
  | ({ readonly type: 'lost' } & LostPacket)
  | { readonly type: 'late'; readonly packet: VoicePacket };
