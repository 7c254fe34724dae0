/**
 * AES-256-GCM of packets. node:crypto alone would need an object and six calls for each packet. Here one AES object of node:crypto per key encrypts
 * all blocks of a packet in one call, and `ghash-module.ts` hashes them. NIST SP 800-38D section 7; a nonce is a counter of 4 bytes ‖ 8 zeros.
 *
 * ```
 * memory  hash's key 16 ‖ hash 16 ‖ …  header, zeros │ text, zeros │ lengths 16 ‖ …  │ mask of the tag 16 ‖ key stream
 *                                                    TEXT                            STREAM
 * ```
 */
import { createCipheriv, type Cipher, type KeyObject } from 'node:crypto';
import { HASH, HASH_KEY, loadGhash, type Ghash } from './ghash-module.js';
import { COUNTER_BYTES } from '../nonce-counter.js';
import { ResultViews } from '../result-views.js';

export const TAG_BYTES = 16;
const BLOCK = 16;
const TEXT = 1_024;
const STREAM = 8_192;
/** Blocks of the longest text, plus one for the tag. No datagram of a call is longer; the caller handles a longer one in another way. */
const MAX_BLOCKS = 256;
export const MAX_TEXT = (MAX_BLOCKS - 1) * BLOCK;
export const MAX_HEADER = 512;

/** The hash with its memory, and the input for AES. All calls are synchronous, so one of each serves all sessions. */
export class Blocks {
  readonly heap: Uint8Array;
  readonly hash: Ghash['hash'];
  readonly mask: Ghash['mask'];
  readonly texts = new ResultViews(TEXT);
  /** Per block: counter, zeros, and the number of the block, from 1 on. Only the counter is written for each packet. */
  readonly #input = new Uint8Array(MAX_BLOCKS * BLOCK);
  readonly #words = new Uint32Array(this.#input.buffer);
  readonly #counter = new Uint8Array(COUNTER_BYTES);
  readonly #counterWord = new Uint32Array(this.#counter.buffer);
  /** By their number of blocks. Kept, because making a view costs more than writing into it. */
  readonly #views: (Uint8Array | undefined)[] = [];

  constructor({ memory, hash, mask }: Ghash) {
    this.heap = new Uint8Array(memory.buffer);
    this.hash = hash;
    this.mask = mask;
    for (let block = 0; block < MAX_BLOCKS; block += 1) {
      this.#input[block * BLOCK + 14] = (block + 1) >>> 8;
      this.#input[block * BLOCK + 15] = block + 1;
    }
  }

  /** The AES input for the mask and the key stream of a packet whose counter is at `at`. Overwritten by the next call. */
  of(packet: Uint8Array, at: number, textBytes: number): Uint8Array {
    for (let i = 0; i < COUNTER_BYTES; i += 1) this.#counter[i] = packet[at + i]!;
    const counter = this.#counterWord[0]!;
    const blocks = 1 + Math.ceil(textBytes / BLOCK);
    for (let word = 0; word < blocks * 4; word += 4) this.#words[word] = counter;
    return (this.#views[blocks] ??= this.#input.subarray(0, blocks * BLOCK));
  }
}

/** null if not possible: Node runs without a compiler (`--jitless`), or does not get the address space. */
let shared: Blocks | null | undefined;

function makeShared(): Blocks | null {
  try {
    return new Blocks(loadGhash());
  } catch {
    return null;
  }
}

/** Encrypts packets with a key; null without WebAssembly, or if the TLS library that Node was built with has no AES-256-ECB. */
export function createGcm(key: KeyObject): Gcm | null {
  if (shared === undefined) shared = makeShared();
  try {
    return shared && new Gcm(key, shared);
  } catch {
    return null;
  }
}

/** The cipher of one key. Packets are header ‖ text ‖ tag ‖ counter. */
export class Gcm {
  readonly #shared: Blocks;
  readonly #aes: Cipher;
  readonly #hashKey: Uint8Array;

  constructor(key: KeyObject, blocks: Blocks) {
    this.#shared = blocks;
    this.#aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.#hashKey = new Uint8Array(this.#aes.update(new Uint8Array(BLOCK)));
  }

  /** Writes text and tag into a packet that already has its header, of `clear` bytes, and its counter. */
  seal(packet: Uint8Array, clear: number, payload: Uint8Array): void {
    const { heap, mask, texts } = this.#shared;
    const { length } = payload;
    const tagAt = clear + length;
    heap.set(this.#stream(packet, tagAt, length), STREAM);
    heap.set(payload, TEXT);
    if (length > 0) mask(TEXT, TEXT + length, STREAM + BLOCK);
    packet.set(texts.of(heap, length), clear);
    this.#hash(packet, clear, length);
    for (let i = 0; i < TAG_BYTES; i += 1) packet[tagAt + i] = heap[HASH + i]! ^ heap[STREAM + i]!;
  }

  /** Returns the text of a packet, in memory of its own; undefined if it is not authentic, and then nothing is decrypted. */
  open(packet: Uint8Array, clear: number, tagAt: number): Uint8Array | undefined {
    const { heap } = this.#shared;
    const length = tagAt - clear;
    const stream = this.#stream(packet, tagAt, length);
    heap.set(packet, TEXT - clear);
    this.#hash(packet, clear, length);
    // Every byte is compared, so the time does not reveal where they differ.
    let difference = 0;
    for (let i = 0; i < TAG_BYTES; i += 1) difference |= heap[HASH + i]! ^ stream[i]! ^ packet[tagAt + i]!;
    if (difference !== 0) return undefined;
    // The output of AES is ours alone, so the text is written into it. The mask before it is overwritten: tags could be forged with it.
    stream.fill(0, 0, BLOCK);
    for (let i = 0; i < length; i += 1) stream[BLOCK + i]! ^= packet[clear + i]!;
    return stream.subarray(BLOCK, BLOCK + length);
  }

  /** Overwrites the hash key, and what the memory holds of it and of the last packet. OpenSSL overwrites the AES key at collection. */
  forget(): void {
    this.#hashKey.fill(0);
    this.#shared.heap.fill(0);
  }

  /** Returns the mask of a packet's tag, and the key stream of its text. */
  #stream(packet: Uint8Array, tagAt: number, textBytes: number): Buffer {
    return this.#aes.update(this.#shared.of(packet, tagAt + TAG_BYTES, textBytes));
  }

  /** Hashes a header and the ciphertext at TEXT, each padded with zeros to a whole block, and their lengths in bits. */
  #hash(packet: Uint8Array, clear: number, textBytes: number): void {
    const { heap, hash } = this.#shared;
    heap.set(this.#hashKey, HASH_KEY);
    const from = TEXT - Math.ceil(clear / BLOCK) * BLOCK;
    for (let i = 0; i < clear; i += 1) heap[from + i] = packet[i]!;
    for (let at = from + clear; at < TEXT; at += 1) heap[at] = 0;
    const lengths = TEXT + Math.ceil(textBytes / BLOCK) * BLOCK;
    for (let at = TEXT + textBytes; at < lengths + BLOCK; at += 1) heap[at] = 0;
    writeBits(heap, lengths, clear);
    writeBits(heap, lengths + 8, textBytes);
    hash(from, lengths + BLOCK);
  }
}

/** Writes a length in bits, into the last three of eight bytes. */
function writeBits(heap: Uint8Array, at: number, bytes: number): void {
  heap[at + 5] = bytes >>> 13;
  heap[at + 6] = bytes >>> 5;
  heap[at + 7] = bytes << 3;
}
