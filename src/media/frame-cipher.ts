import type { Snowflake } from '../types.js';

/**
 * Why a received frame cannot be played.
 *
 * - `noKey`: there are no keys for its sender
 * - `undecryptable`: there are keys, but none fits: the frame is forged, damaged, repeated, too old or of another epoch
 * - `unencrypted`: the frame is not encrypted, but only encrypted frames are accepted
 * - `unknownUser`: the voice gateway has not announced the sender, or has reported that the sender left
 */
export type FrameRefusal = 'noKey' | 'undecryptable' | 'unencrypted' | 'unknownUser';

/** End-to-end encryption of single frames with the current keys of the call. */
export interface FrameCipher {
  /** An Opus packet, encrypted for the whole call. */
  encrypt(frame: Uint8Array): Uint8Array;
  /**
   * Returns the Opus packet of `userId`, in memory of its own, or the reason why it was refused. A refusal is not final: the caller may try
   * the frame again. When the caller gives it up, it calls `refused` once.
   */
  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | FrameRefusal;
  /** Whether a frame that is refused for this reason now might be decrypted later, because new keys are known to be coming. */
  mayYet(refusal: FrameRefusal): boolean;
  /** A frame is given up. It is counted; too many undecryptable ones in a row may make us join the group again. */
  refused(refusal: FrameRefusal): void;
}
