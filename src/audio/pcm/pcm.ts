/** Decoded audio. */
import type { Snowflake } from '../../types.js';

/** Samples a second, of every PCM here unless it says otherwise. */
export const SAMPLE_RATE = 48_000;
/** Left and right, interleaved. */
export const CHANNELS = 2;

/** The PCM of one packet, or what stands in for one that was lost or damaged. */
export interface PcmFrame {
  /** Whose it is; null where the voice server has not said. */
  readonly userId: Snowflake | null;
  readonly ssrc: number;
  /** RTP timestamp of the first sample; 32 bits, samples at 48 kHz. */
  readonly timestamp: number;
  /** When its packet came, in ms of the session's scheduler; of a lost one, when it would have come by the packet before it. */
  readonly arrival: number;
  /** Signed 16 bits at 48 kHz, left and right interleaved: 1920 numbers for 20 ms. The array is the receiver's. */
  readonly pcm: Int16Array;
  /** True where it is not its packet's audio: made up by the codec, remade from the next packet (FEC), or silence in its place. */
  readonly concealed: boolean;
}

/** Where in the session a piece of aligned audio belongs. */
export interface AudioBlock {
  /** When its first sample was heard, in ms of the session's scheduler. */
  readonly at: number;
  /** The samples before it, at 48 kHz, since the alignment began. A block that does not begin where the one before it ended comes after a stall. */
  readonly index: number;
  /** The samples of the block, for each channel. */
  readonly samples: number;
}

/** One block of all speakers at once, on the session's clock. */
export interface AlignedAudio extends AudioBlock {
  /**
   * The block's PCM by speaker: the user id, or `ssrc:` and the number while the voice server has not said whose it is. All
   * blocks are of one length, interleaved stereo, silence filled in. Who has not spoken yet, or not for long, is not in it.
   * Speakers that are silent share one array, `silence`: read it, do not write to it.
   */
  readonly speakers: ReadonlyMap<string, Int16Array>;
  /** The array of all who are silent, the same in all blocks, so that they can be told by it. */
  readonly silence?: Int16Array;
  /** Samples (at 48 kHz) that came too late for their block since the block before this one, of all speakers. */
  readonly late: number;
}

/** One block of everybody together. */
export interface MixedPcm extends AudioBlock {
  /** Signed 16 bits at 48 kHz, left and right interleaved. */
  readonly pcm: Int16Array;
}
