/** The entry to transport encryption: one {@link Seal} per secret key, with its nonce counter, for a chosen mode. */
import { SECRET_KEY_BYTES, type EncryptionMode } from '../protocol/encryption-modes.js';
import { AesGcmSeal } from './aes-gcm.js';
import { clientCounter } from './client-counters.js';
import { NonceCounter } from './nonce-counter.js';
import type { Seal } from './packet-seal.js';
import { SecretboxSeal } from './secretbox.js';
import { loadSodium, sodiumReady, XChaChaSeal } from './xchacha.js';

export type { Seal } from './packet-seal.js';

export interface SealOptions {
  /**
   * Where the 32-bit nonce counter starts; it stays in its half. The key is shared with the server, so client and server must never count in the same
   * range. Default: a client's counter, which starts at random in the upper half, and continues where it was for a known key.
   */
  readonly counter?: number;
  /** Chooses where a client's counter starts, and generates the 24-byte nonces of `xsalsa20_poly1305_suffix`. */
  readonly random: (bytes: number) => Uint8Array;
}

/** A seal for `mode` under the 32 bytes of `key`. Wait for {@link prepareMode} first. */
export function createSeal(mode: EncryptionMode, key: Uint8Array, options: SealOptions): Seal {
  if (key.length !== SECRET_KEY_BYTES) throw new RangeError(`a transport key has ${SECRET_KEY_BYTES} bytes`);
  const counter = options.counter === undefined ? clientCounter(key, options.random) : new NonceCounter(options.counter);
  switch (mode) {
    case 'aead_aes256_gcm_rtpsize':
      return new AesGcmSeal(key, counter);
    case 'aead_xchacha20_poly1305_rtpsize':
      return new XChaChaSeal(key, counter);
    default:
      return new SecretboxSeal(mode, key, counter, options.random);
  }
}

/**
 * Resolves when {@link createSeal} may be called for `mode`; undefined if there is nothing to wait for, because a promise would break flows in
 * virtual time.
 */
export function prepareMode(mode: EncryptionMode): Promise<void> | undefined {
  return mode === 'aead_xchacha20_poly1305_rtpsize' && !sodiumReady() ? loadSodium() : undefined;
}
