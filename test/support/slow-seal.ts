/** The slow reference for `src/crypto`: every mode in a few lines over @noble/ciphers, which the library itself does not use. */
import { gcm } from '@noble/ciphers/aes.js';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import type { EncryptionMode } from '../../src/protocol/encryption-modes.js';

/** The inputs for sealing one packet. */
export interface SealInput {
  readonly key: Uint8Array;
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  /** The packet's 32-bit counter; written little-endian, as the official client does. */
  readonly counter: number;
  /** The 24 random bytes of `xsalsa20_poly1305_suffix`. */
  readonly suffix: Uint8Array;
}

/** The whole datagram of one packet, in any mode. Layouts: Discord docs, Voice Connections, "Transport Encryption Modes". */
export function slowSeal(mode: EncryptionMode, input: SealInput): Uint8Array {
  const { key, header, payload, suffix } = input;
  const counter = Buffer.alloc(4);
  counter.writeUInt32LE(input.counter);
  switch (mode) {
    case 'aead_aes256_gcm_rtpsize':
      return Buffer.concat([header, gcm(key, padded(counter, 12), header).encrypt(payload), counter]);
    case 'aead_xchacha20_poly1305_rtpsize':
      return Buffer.concat([header, xchacha20poly1305(key, padded(counter, 24), header).encrypt(payload), counter]);
    case 'xsalsa20_poly1305_lite':
      return Buffer.concat([header, xsalsa20poly1305(key, padded(counter, 24)).encrypt(payload), counter]);
    case 'xsalsa20_poly1305_suffix':
      return Buffer.concat([header, xsalsa20poly1305(key, suffix).encrypt(payload), suffix]);
    case 'xsalsa20_poly1305':
      return Buffer.concat([header, xsalsa20poly1305(key, padded(header.subarray(0, 12), 24)).encrypt(payload)]);
  }
}

/** `bytes`, then zeros up to `length`, in a new array, because noble needs aligned ones. */
function padded(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  out.set(bytes);
  return out;
}
