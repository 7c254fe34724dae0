/** The events of a jitter buffer, one for each position in a stream of packets. */
import type { Snowflake, VoicePacket } from '../../types.js';

/** A position in an SSRC's stream whose packet did not arrive in time. */
export interface LostPacket {
  readonly userId: Snowflake | null;
  readonly ssrc: number;
  /** RTP sequence of the missing packet, 16 bits. */
  readonly sequence: number;
  /** Its RTP timestamp, estimated from its neighbours; 32 bits, samples at 48 kHz. */
  readonly timestamp: number;
  /** Its length, estimated likewise; samples per channel at 48 kHz. */
  readonly samples: number;
}

/**
 * One position in a stream, in the order of the RTP sequence.
 *
 * - `frame`: the packet of this position
 * - `lost`: its packet did not arrive in time; a decoder conceals it
 * - `late`: a packet arrived after its position was reported as `lost`. It only corrects the statistics (`lost` minus `late` never arrived)
 *   and cannot be played any more
 */
export type JitterEvent =
  | { readonly type: 'frame'; readonly packet: VoicePacket }
  | ({ readonly type: 'lost' } & LostPacket)
  | { readonly type: 'late'; readonly packet: VoicePacket };
