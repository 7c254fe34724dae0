/** Decoded audio. */
import type { Snowflake } from '../../types.js';

/** Samples per second of all PCM here, unless stated otherwise. */
export const SAMPLE_RATE = 48_000;
/** Left and right, interleaved. */
export const CHANNELS = 2;

/** The PCM of one packet, or the replacement for a packet that was lost or damaged. */
export interface PcmFrame {
  /** The speaker; null if the voice server has not said whose SSRC it is. */
  readonly userId: Snowflake | null;
  readonly ssrc: number;
  /** RTP timestamp of the first sample; 32 bits, samples at 48 kHz. */
  readonly timestamp: number;
  /** When its packet came, in ms of the session's scheduler; for a lost one, when it would have come, estimated from the packet before it. */
  readonly arrival: number;
  /** Signed 16 bits at 48 kHz, left and right interleaved: 1920 values for 20 ms. The receiver owns the array. */
  readonly pcm: Int16Array;
  /** True if this is not the packet's own audio: concealed by the codec, recovered from the next packet (FEC), or replaced by silence. */
  readonly concealed: boolean;
}

/** The position of a piece of aligned audio in the session. */
export interface AudioBlock {
  /** When its first sample was heard, in ms of the session's scheduler. */
  readonly at: number;
  /** The number of samples at 48 kHz before it, since the alignment began. If a block does not begin where the last one ended, there was a stall. */
  readonly index: number;
  /** Samples per channel in the block. */
  readonly samples: number;
}

/** One block of all speakers at once, on the session's clock. */
export interface AlignedAudio extends AudioBlock {
  /**
   * The block's PCM by speaker: the key is the user id, or `ssrc:` and the number while its user is unknown. All
   * arrays have the same length, interleaved stereo, padded with silence. A speaker that has not spoken yet, or not for long, is missing.
   * Speakers that are silent share one array, `silence`: read it, do not write to it.
   */
  readonly speakers: ReadonlyMap<string, Int16Array>;
  /** The array of all silent speakers, the same in all blocks, so that silence can be recognised by identity. */
  readonly silence?: Int16Array;
  /** Samples (at 48 kHz) of all speakers that came too late for their block, since the last block. */
  readonly late: number;
}

/** One block of the mix of all speakers. */
export interface MixedPcm extends AudioBlock {
  /** Signed 16 bits at 48 kHz, left and right interleaved. */
  readonly pcm: Int16Array;
}
