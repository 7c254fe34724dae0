import type { Snowflake } from '../types.js';

/**
 * Why a frame cannot be heard.
 *
 * - `noKey`: there are no keys for its sender
 * - `undecryptable`: there are, but none that fits: forged, damaged, repeated, too old or of another epoch
 * - `unencrypted`: in the clear, where only encrypted frames are accepted
 * - `unknownUser`: of somebody whom the voice gateway has not announced, or has said goodbye to
 */
export type FrameRefusal = 'noKey' | 'undecryptable' | 'unencrypted' | 'unknownUser';

/** End-to-end encryption of single frames, as the call's keys stand now. */
export interface FrameCipher {
  /** An Opus packet, encrypted for the whole call. */
  encrypt(frame: Uint8Array): Uint8Array;
  /**
   * The Opus packet of `userId`, in memory of its own, or why there is none. A refusal is no verdict yet: the frame may be tried again,
   * and who gives it up says so to `refused`, once.
   */
  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | FrameRefusal;
  /** Whether a frame that is refused for this reason now might have been decrypted later, since keys are known to be on their way. */
  mayYet(refusal: FrameRefusal): boolean;
  /** A frame is given up. It is counted, and may be the one too many. */
  refused(refusal: FrameRefusal): void;
}
