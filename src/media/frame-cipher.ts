import type { Snowflake } from '../types.js';

/** End-to-end encryption of single frames, as the call's keys stand now. */
export interface FrameCipher {
  /** An Opus packet, encrypted for the whole call. */
  encrypt(frame: Uint8Array): Uint8Array;
  /** The Opus packet of `userId`, in memory of its own; undefined when it cannot be decrypted. */
  decrypt(userId: Snowflake, frame: Uint8Array): Uint8Array | undefined;
}
