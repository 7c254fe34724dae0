/** The interface of all transport encryption modes. */
import type { EncryptionMode } from '../protocol/encryption-modes.js';

/** The error thrown when a closed {@link Seal} is used to seal: nothing may be encrypted with a key of zeros. */
export function closedSeal(): Error {
  return new Error('this seal is closed: its media session is over');
}

/**
 * Seals and opens packets of one media session in one transport mode. Both directions share the key; nonces for sealing come from the counter, nonces
 * for opening from the packet.
 */
export interface Seal {
  readonly mode: EncryptionMode;
  /** The number of bytes that sealing adds to header and payload: tag and nonce. */
  readonly overhead: number;
  /** How many packets can still be sealed before a nonce would repeat; Infinity if nonces are not counted. */
  readonly noncesLeft: number;
  /** A new datagram: `header` unchanged, then the encrypted payload, its tag and its nonce, in the layout of the mode. */
  seal(header: Uint8Array, payload: Uint8Array): Uint8Array;
  /** The same in memory that the next call overwrites, of this or any other seal: for who copies the datagram, or sends it at once. */
  sealBriefly(header: Uint8Array, payload: Uint8Array): Uint8Array;
  /**
   * The plaintext after the first `clear` bytes of a packet; undefined if it is too short or not authentic. Valid until the next call: copy what must
   * be kept.
   */
  open(packet: Uint8Array, clear: number): Uint8Array | undefined;
  /**
   * Overwrites the key, as far as JavaScript can: copies that the engine or the cipher made are out of reach. From then on `open` returns undefined,
   * and `seal` throws.
   */
  close(): void;
}
