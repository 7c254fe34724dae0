/**
 * The xsalsa20_poly1305 family, retired by Discord in November 2024 and still supported by self-hosted servers. The clear header is always the first
 * 12 bytes, is not authenticated, and the tag comes before the ciphertext.
 *
 * | mode | nonce (24 bytes) | packet |
 * |---|---|---|
 * | `xsalsa20_poly1305` | the header ‖ 12 zero bytes | header ‖ tag ‖ ciphertext |
 * | `xsalsa20_poly1305_suffix` | random | header ‖ tag ‖ ciphertext ‖ nonce (24) |
 * | `xsalsa20_poly1305_lite` | counter ‖ 20 zero bytes | header ‖ tag ‖ ciphertext ‖ counter (4) |
 */
import nacl from 'tweetnacl';
import type { EncryptionMode } from '../protocol/encryption-modes.js';
import { RTP_HEADER_BYTES } from '../protocol/rtp.js';
import type { NonceCounter } from './nonce-counter.js';
import { closedSeal, type Seal } from './packet-seal.js';

const TAG = 16;
const NONCE = 24;

type SecretboxMode = Extract<EncryptionMode, `xsalsa20_${string}`>;

/** The number of nonce bytes at the end of the packet. */
const TRAILER: Readonly<Record<SecretboxMode, number>> = {
  xsalsa20_poly1305: 0,
  xsalsa20_poly1305_suffix: NONCE,
  xsalsa20_poly1305_lite: 4,
};

export class SecretboxSeal implements Seal {
  readonly mode: SecretboxMode;
  readonly overhead: number;
  readonly #key: Uint8Array;
  readonly #trailer: number;
  readonly #random: (bytes: number) => Uint8Array;
  readonly #counter: NonceCounter;
  readonly #sealNonce = new Uint8Array(NONCE);
  readonly #openNonce = new Uint8Array(NONCE);
  #closed = false;

  constructor(mode: SecretboxMode, key: Uint8Array, counter: NonceCounter, random: (bytes: number) => Uint8Array) {
    this.mode = mode;
    this.#random = random;
    // A copy: `slice` of a Buffer would be the same memory.
    this.#key = Uint8Array.from(key);
    this.#trailer = TRAILER[mode];
    this.overhead = TAG + this.#trailer;
    this.#counter = counter;
  }

  get noncesLeft(): number {
    return this.mode === 'xsalsa20_poly1305_lite' ? this.#counter.left : Infinity;
  }

  seal(header: Uint8Array, payload: Uint8Array): Uint8Array {
    if (this.#closed) throw closedSeal();
    switch (this.mode) {
      case 'xsalsa20_poly1305':
        this.#sealNonce.set(header.subarray(0, RTP_HEADER_BYTES));
        break;
      case 'xsalsa20_poly1305_suffix':
        this.#sealNonce.set(this.#random(NONCE));
        break;
      case 'xsalsa20_poly1305_lite':
        this.#counter.write(this.#sealNonce, 0);
        break;
    }
    const packet = Buffer.allocUnsafe(header.length + payload.length + this.overhead);
    packet.set(header);
    packet.set(nacl.secretbox(payload, this.#sealNonce, this.#key), header.length);
    packet.set(this.#sealNonce.subarray(0, this.#trailer), packet.length - this.#trailer);
    return packet;
  }

  /** tweetnacl makes several objects for each packet anyway. */
  sealBriefly(header: Uint8Array, payload: Uint8Array): Uint8Array {
    return this.seal(header, payload);
  }

  open(packet: Uint8Array, clear: number): Uint8Array | undefined {
    const end = packet.length - this.#trailer;
    if (clear < RTP_HEADER_BYTES || end - TAG < clear || this.#closed) return undefined;
    this.#openNonce.fill(0);
    this.#openNonce.set(this.#trailer === 0 ? packet.subarray(0, RTP_HEADER_BYTES) : packet.subarray(end));
    return nacl.secretbox.open(packet.subarray(clear, end), this.#openNonce, this.#key) ?? undefined;
  }

  close(): void {
    this.#closed = true;
    this.#key.fill(0);
  }
}
