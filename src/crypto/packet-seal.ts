/** What every transport encryption mode can do. */
import type { EncryptionMode } from '../protocol/encryption-modes.js';

/**
 * Seals and opens packets of one media session in one transport mode. Both directions share the key; the nonces of what we
 * seal come from the counter, those of what we open from the packet.
 */
export interface Seal {
  readonly mode: EncryptionMode;
  /** Bytes that sealing adds behind header and payload: tag and nonce. */
  readonly overhead: number;
  /** A new datagram: `header` as it is, then the encrypted payload, its tag and its nonce as the mode lays them out. */
  seal(header: Uint8Array, payload: Uint8Array): Uint8Array;
  /**
   * The plaintext behind the first `clear` bytes of a packet; undefined when it is too short or not authentic.
   * Valid until the next call: copy what is to be kept.
   */
  open(packet: Uint8Array, clear: number): Uint8Array | undefined;
}
