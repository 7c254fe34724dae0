/**
 * `aead_aes256_gcm_rtpsize`: packet = header ‖ ciphertext ‖ tag (16) ‖ counter (4); nonce = counter ‖ 8 zero bytes; the clear
 * header is the associated data. Source: Discord docs, Voice Connections, "Transport Encryption Modes".
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { copyCounter, COUNTER_BYTES, type NonceCounter } from './nonce-counter.js';
import { closedSeal, type Seal } from './packet-seal.js';

const CIPHER = 'aes-256-gcm';
const TAG = 16;
const NONCE = 12;
/** One for all: to make the like for each packet costs. */
const OPTIONS = { authTagLength: TAG };
/** Written anew for each packet, and by the counter alone: one of each serves every session, since a cipher copies it. */
const sealNonce = new Uint8Array(NONCE);
const openNonce = new Uint8Array(NONCE);

export class AesGcmSeal implements Seal {
  readonly mode = 'aead_aes256_gcm_rtpsize';
  readonly overhead = TAG + COUNTER_BYTES;
  // A raw key costs four times as much per packet on Node 24 (docs/decisions.md); a KeyObject is parsed once.
  #key: KeyObject | undefined;
  readonly #counter: NonceCounter;

  constructor(key: Uint8Array, counter: NonceCounter) {
    this.#key = createSecretKey(key);
    this.#counter = counter;
  }

  get noncesLeft(): number {
    return this.#counter.left;
  }

  seal(header: Uint8Array, payload: Uint8Array): Uint8Array {
    if (this.#key === undefined) throw closedSeal();
    const end = header.length + payload.length;
    const packet = Buffer.allocUnsafe(end + this.overhead);
    this.#counter.write(sealNonce, 0);
    const cipher = createCipheriv(CIPHER, this.#key, sealNonce);
    cipher.setAAD(header);
    packet.set(header);
    cipher.update(payload).copy(packet, header.length);
    cipher.final();
    cipher.getAuthTag().copy(packet, end);
    copyCounter(sealNonce, 0, packet, end + TAG);
    return packet;
  }

  open(packet: Uint8Array, clear: number): Uint8Array | undefined {
    const tagAt = packet.length - this.overhead;
    if (tagAt < clear || this.#key === undefined) return undefined;
    copyCounter(packet, tagAt + TAG, openNonce, 0);
    const decipher = createDecipheriv(CIPHER, this.#key, openNonce, OPTIONS);
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

  /** A KeyObject cannot be overwritten: OpenSSL does that when it is collected. */
  close(): void {
    this.#key = undefined;
  }
}
