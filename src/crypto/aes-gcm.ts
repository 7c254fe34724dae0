/**
 * `aead_aes256_gcm_rtpsize`: packet = header ‖ ciphertext ‖ tag (16) ‖ counter (4); nonce = counter ‖ 8 zero bytes; the clear
 * header is the associated data. Source: Discord docs, Voice Connections, "Transport Encryption Modes".
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { NonceCounter } from './nonce-counter.js';
import type { Seal } from './packet-seal.js';

const CIPHER = 'aes-256-gcm';
const TAG = 16;
const COUNTER = 4;

export class AesGcmSeal implements Seal {
  readonly mode = 'aead_aes256_gcm_rtpsize';
  readonly overhead = TAG + COUNTER;
  // A raw key costs four times as much per packet on Node 24 (docs/decisions.md); a KeyObject is parsed once.
  readonly #key: KeyObject;
  readonly #counter: NonceCounter;
  readonly #sealNonce = new Uint8Array(12);
  readonly #openNonce = new Uint8Array(12);

  constructor(key: Uint8Array, counter: number) {
    this.#key = createSecretKey(key);
    this.#counter = new NonceCounter(counter);
  }

  seal(header: Uint8Array, payload: Uint8Array): Uint8Array {
    const end = header.length + payload.length;
    const packet = Buffer.allocUnsafe(end + TAG + COUNTER);
    this.#counter.write(this.#sealNonce, 0);
    const cipher = createCipheriv(CIPHER, this.#key, this.#sealNonce);
    cipher.setAAD(header);
    packet.set(header);
    packet.set(cipher.update(payload), header.length);
    cipher.final();
    packet.set(cipher.getAuthTag(), end);
    packet.set(this.#sealNonce.subarray(0, COUNTER), end + TAG);
    return packet;
  }

  open(packet: Uint8Array, clear: number): Uint8Array | undefined {
    const tagAt = packet.length - TAG - COUNTER;
    if (tagAt < clear) return undefined;
    this.#openNonce.set(packet.subarray(tagAt + TAG));
    const decipher = createDecipheriv(CIPHER, this.#key, this.#openNonce, { authTagLength: TAG });
    decipher.setAAD(packet.subarray(0, clear));
    decipher.setAuthTag(packet.subarray(tagAt, tagAt + TAG));
    const plain = decipher.update(packet.subarray(clear, tagAt));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    return plain;
  }
}
