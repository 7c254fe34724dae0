/** What every transport encryption mode can do. */
import type { EncryptionMode } from '../protocol/encryption-modes.js';

/** What sealing with a closed {@link Seal} throws: nothing may leave under a key of zeros. */
export function closedSeal(): Error {
  return new Error('this seal is closed: its media session is over');
}

/**
 * Seals and opens packets of one media session in one transport mode. Both directions share the key; the nonces of what we
 * seal come from the counter, those of what we open from the packet.
 */
export interface Seal {
  readonly mode: EncryptionMode;
  /** Bytes that sealing adds behind header and payload: tag and nonce. */
  readonly overhead: number;
  /** How many packets can still be sealed before a nonce would repeat; Infinity where nonces are not counted. */
  readonly noncesLeft: number;
  /** A new datagram: `header` as it is, then the encrypted payload, its tag and its nonce as the mode lays them out. */
  seal(header: Uint8Array, payload: Uint8Array): Uint8Array;
  /**
   * The plaintext behind the first `clear` bytes of a packet; undefined when it is too short or not authentic.
   * Valid until the next call: copy what is to be kept.
   */
  open(packet: Uint8Array, clear: number): Uint8Array | undefined;
  /**
   * Overwrites the key, as far as JavaScript can: copies that the engine or the cipher made are out of reach. From here on nothing opens,
   * and to seal is an error.
   */
  close(): void;
}
