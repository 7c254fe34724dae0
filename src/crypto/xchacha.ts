/**
 * `aead_xchacha20_poly1305_rtpsize`: packet = header ‖ ciphertext ‖ tag (16) ‖ counter (4); nonce = counter ‖ 20 zero bytes; the
 * clear header is the associated data. Source: Discord docs, Voice Connections; draft-irtf-cfrg-xchacha-03.
 *
 * The cipher is libsodium's, in WebAssembly. Its raw function is called: 0.8 µs a packet. The wrapper, which allocates for
 * every argument, takes 1.8 µs, and node:crypto's AES 4.6 µs (docs/decisions.md).
 */
import libsodium, { type LibsodiumModule } from 'libsodium';
import { copyCounter, COUNTER_BYTES, type NonceCounter } from './nonce-counter.js';
import { closedSeal, type Seal } from './packet-seal.js';
import { ResultViews } from './result-views.js';

const TAG = 16;
const NONCE = 24;
const KEY = 32;
/** The largest UDP payload; nothing longer can arrive. */
const MAX_PACKET = 65_536;

/** Only the counter in them is written, for each packet: one of each serves all sessions, like the module's scratch areas. */
const sealNonce = new Uint8Array(NONCE);
const openNonce = new Uint8Array(NONCE);

let sodium: Sodium | undefined;
let loading: Promise<void> | undefined;

export function sodiumReady(): boolean {
  return sodium !== undefined;
}

/** Loads the WebAssembly module, once per process. Rejects if the runtime has no WebAssembly. */
export function loadSodium(): Promise<void> {
  loading ??= openModule().then((module) => {
    sodium = new Sodium(module);
  });
  return loading;
}

/** libsodium has two builds with different exports. The module loader decides which one is loaded: jest, with CommonJS, takes the other. */
async function openModule(): Promise<LibsodiumModule> {
  if (typeof libsodium === 'function') return libsodium();
  await libsodium.ready;
  return libsodium;
}

/** The module and one set of scratch areas in its memory. All calls are synchronous, so one set serves all sessions. */
class Sodium {
  readonly #module: LibsodiumModule;
  readonly #key: number;
  readonly #nonce: number;
  readonly #header: number;
  readonly #message: number;
  readonly #result: number;
  readonly #results: ResultViews;

  constructor(module: LibsodiumModule) {
    this.#module = module;
    this.#key = module._malloc(KEY);
    this.#nonce = module._malloc(NONCE);
    this.#header = module._malloc(MAX_PACKET);
    this.#message = module._malloc(MAX_PACKET);
    this.#result = module._malloc(MAX_PACKET + TAG);
    this.#results = new ResultViews(this.#result);
  }

  /** Returns header ‖ ciphertext ‖ tag ‖ counter, as a view that the next call overwrites: contiguous, so that one copy is enough. */
  encrypt(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, payload: Uint8Array): Uint8Array {
    const clear = header.length;
    const end = clear + payload.length + TAG;
    this.#load(key, nonce, header, this.#result, payload);
    this.#module._crypto_aead_xchacha20poly1305_ietf_encrypt(
      this.#result + clear, 0, this.#message, payload.length, 0, this.#result, clear, 0, 0, this.#nonce, this.#key,
    ); // prettier-ignore
    // HEAPU8 is replaced when the module's memory grows, so it is read each time.
    const heap = this.#module.HEAPU8;
    copyCounter(nonce, 0, heap, this.#result + end);
    return this.#results.of(heap, end + COUNTER_BYTES);
  }

  /** Returns the plaintext, as a view that the next call overwrites; undefined if it is not authentic. */
  decrypt(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    this.#load(key, nonce, header, this.#header, sealed);
    const failed = this.#module._crypto_aead_xchacha20poly1305_ietf_decrypt(
      this.#result, 0, 0, this.#message, sealed.length, 0, this.#header, header.length, 0, this.#nonce, this.#key,
    ); // prettier-ignore
    return failed === 0 ? this.#results.of(this.#module.HEAPU8, sealed.length - TAG) : undefined;
  }

  /** Overwrites the scratch areas, with the key and the contents of the last packet. */
  forget(): void {
    const heap = this.#module.HEAPU8;
    heap.fill(0, this.#key, this.#key + KEY);
    for (const area of [this.#message, this.#result]) heap.fill(0, area, area + MAX_PACKET);
  }

  #load(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, headerAt: number, message: Uint8Array): void {
    const heap = this.#module.HEAPU8;
    heap.set(key, this.#key);
    heap.set(nonce, this.#nonce);
    heap.set(header, headerAt);
    heap.set(message, this.#message);
  }
}

export class XChaChaSeal implements Seal {
  readonly mode = 'aead_xchacha20_poly1305_rtpsize';
  readonly overhead = TAG + COUNTER_BYTES;
  readonly #sodium: Sodium;
  readonly #key: Uint8Array;
  readonly #counter: NonceCounter;
  #closed = false;

  constructor(key: Uint8Array, counter: NonceCounter) {
    if (sodium === undefined) throw new Error('libsodium is not loaded: wait for prepareMode() first');
    this.#sodium = sodium;
    // A copy: `slice` of a Buffer would share its memory.
    this.#key = new Uint8Array(key);
    this.#counter = counter;
  }

  get noncesLeft(): number {
    return this.#counter.left;
  }

  seal(header: Uint8Array, payload: Uint8Array): Uint8Array {
    return Buffer.from(this.sealBriefly(header, payload));
  }

  sealBriefly(header: Uint8Array, payload: Uint8Array): Uint8Array {
    if (this.#closed) throw closedSeal();
    const bytes = header.length + payload.length + this.overhead;
    // A longer packet would overwrite the module's memory behind the scratch areas.
    if (bytes > MAX_PACKET) throw new RangeError(`a packet of ${bytes} bytes is longer than a datagram`);
    this.#counter.write(sealNonce, 0);
    return this.#sodium.encrypt(this.#key, sealNonce, header, payload);
  }

  open(packet: Uint8Array, clear: number): Uint8Array | undefined {
    const end = packet.length - COUNTER_BYTES;
    if (end - TAG < clear || packet.length > MAX_PACKET || this.#closed) return undefined;
    copyCounter(packet, end, openNonce, 0);
    return this.#sodium.decrypt(this.#key, openNonce, packet.subarray(0, clear), packet.subarray(clear, end));
  }

  close(): void {
    this.#closed = true;
    this.#key.fill(0);
    this.#sodium.forget();
  }
}
