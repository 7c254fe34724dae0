/** Transport encryption, as all else meets it: one {@link Seal} per secret key, with its own nonce counter, and the choice of its mode. */
import { SECRET_KEY_BYTES, type EncryptionMode } from '../protocol/encryption-modes.js';
import { AesGcmSeal } from './aes-gcm.js';
import type { Seal } from './packet-seal.js';
import { SecretboxSeal } from './secretbox.js';
import { loadSodium, sodiumReady, XChaChaSeal } from './xchacha.js';

export type { Seal } from './packet-seal.js';

export interface SealOptions {
  /**
   * Where the 32-bit nonce counter starts. The key is shared with the server, so the two must never count over the same
   * range: a client starts at 0x80000000 (the default, as the official client does), our server at 0.
   */
  readonly counter?: number;
  /** Source of the 24-byte nonces of `xsalsa20_poly1305_suffix`. */
  readonly random: (bytes: number) => Uint8Array;
}

export const CLIENT_COUNTER_START = 0x80000000;

/** A seal for `mode` under the 32 bytes of `key`. {@link prepareMode} must have been waited for. */
export function createSeal(mode: EncryptionMode, key: Uint8Array, options: SealOptions): Seal {
  if (key.length !== SECRET_KEY_BYTES) throw new RangeError(`a transport key has ${SECRET_KEY_BYTES} bytes`);
  const counter = options.counter ?? CLIENT_COUNTER_START;
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
 * What must be waited for before {@link createSeal} may be called for `mode`; undefined when there is nothing to wait for, so
 * that a flow in virtual time meets no promise.
 */
export function prepareMode(mode: EncryptionMode): Promise<void> | undefined {
  return mode === 'aead_xchacha20_poly1305_rtpsize' && !sodiumReady() ? loadSodium() : undefined;
}
