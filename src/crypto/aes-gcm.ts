/**
 * `aead_aes256_gcm_rtpsize`: packet = header ‖ ciphertext ‖ tag (16) ‖ counter (4); nonce = counter ‖ 8 zero bytes; the clear
 * header is the associated data. Source: Discord docs, Voice Connections, "Transport Encryption Modes".
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { createGcm, MAX_HEADER, MAX_TEXT, TAG_BYTES, type Gcm } from './gcm/packet-gcm.js';
import { openByNode, sealByNode } from './gcm/node-gcm.js';
import { COUNTER_BYTES, type NonceCounter } from './nonce-counter.js';
import { closedSeal, type Seal } from './packet-seal.js';
import { ResultViews } from './result-views.js';

/** Packets that are sent at once. All calls are synchronous, so one serves all sessions. */
const brief = Buffer.allocUnsafeSlow(2_048);
const briefViews = new ResultViews(0);

export class AesGcmSeal implements Seal {
  readonly mode = 'aead_aes256_gcm_rtpsize';
  readonly overhead = TAG_BYTES + COUNTER_BYTES;
  // A raw key costs four times as much per packet on Node 24 (docs/decisions.md); a KeyObject is parsed once.
  #key: KeyObject | undefined;
  /** Created at the first packet. null: it is not available, and node:crypto does all the work. */
  #gcm: Gcm | null | undefined;
  readonly #counter: NonceCounter;

  constructor(key: Uint8Array, counter: NonceCounter) {
    this.#key = createSecretKey(key);
    this.#counter = counter;
  }

  get noncesLeft(): number {
    return this.#counter.left;
  }

  seal(header: Uint8Array, payload: Uint8Array): Uint8Array {
    return this.#seal(Buffer.allocUnsafe(header.length + payload.length + this.overhead), header, payload);
  }

  sealBriefly(header: Uint8Array, payload: Uint8Array): Uint8Array {
    const bytes = header.length + payload.length + this.overhead;
    return bytes > brief.length ? this.seal(header, payload) : this.#seal(briefViews.of(brief, bytes), header, payload);
  }

  #seal(packet: Uint8Array, header: Uint8Array, payload: Uint8Array): Uint8Array {
    const key = this.#key;
    if (key === undefined) throw closedSeal();
    const clear = header.length;
    const tagAt = clear + payload.length;
    packet.set(header);
    this.#counter.write(packet, tagAt + TAG_BYTES);
    const gcm = this.#gcmFor(key, clear, payload.length);
    if (gcm === null) sealByNode(key, packet, clear, payload);
    else gcm.seal(packet, clear, payload);
    return packet;
  }

  open(packet: Uint8Array, clear: number): Uint8Array | undefined {
    const key = this.#key;
    const tagAt = packet.length - this.overhead;
    if (tagAt < clear || key === undefined) return undefined;
    const gcm = this.#gcmFor(key, clear, tagAt - clear);
    return gcm === null ? openByNode(key, packet, clear, tagAt) : gcm.open(packet, clear, tagAt);
  }

  /** A KeyObject cannot be overwritten: OpenSSL does that when it is garbage-collected. */
  close(): void {
    this.#key = undefined;
    this.#gcm?.forget();
    this.#gcm = undefined;
  }

  /** null also for a packet longer than any packet of a call. */
  #gcmFor(key: KeyObject, clear: number, text: number): Gcm | null {
    if (clear > MAX_HEADER || text > MAX_TEXT) return null;
    if (this.#gcm === undefined) this.#gcm = createGcm(key);
    return this.#gcm;
  }
}
