/**
 * AES-256-GCM of packets, where node:crypto makes an object for each and takes six calls: one AES of node:crypto, which lives as long as the key,
 * encrypts the blocks of a packet at once, and `ghash-module.ts` hashes them. NIST SP 800-38D section 7; a nonce is a counter of 4 bytes ‖ 8 zeros.
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
/** Blocks of the longest text, and one for the tag. No datagram of a call is longer; any is for who calls to take elsewhere. */
const MAX_BLOCKS = 256;
export const MAX_TEXT = (MAX_BLOCKS - 1) * BLOCK;
export const MAX_HEADER = 512;

/** The hash with its memory, and what is given to AES. All calls are synchronous, so that one of each serves every session. */
export class Blocks {
  readonly heap: Uint8Array;
  readonly hash: Ghash['hash'];
  readonly mask: Ghash['mask'];
  readonly texts = new ResultViews(TEXT);
  /** Counter, zeros, and which block of the packet it is, from 1 on: the counter alone is written for each packet. */
  readonly #input = new Uint8Array(MAX_BLOCKS * BLOCK);
  readonly #words = new Uint32Array(this.#input.buffer);
  readonly #counter = new Uint8Array(COUNTER_BYTES);
  readonly #counterWord = new Uint32Array(this.#counter.buffer);
  /** By how many blocks they have: a view costs more than all that is written into it. */
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

  /** What AES makes the mask and the key stream of a packet of, whose counter is at `at`. Overwritten by the next call. */
  of(packet: Uint8Array, at: number, textBytes: number): Uint8Array {
    for (let i = 0; i < COUNTER_BYTES; i += 1) this.#counter[i] = packet[at + i]!;
    const counter = this.#counterWord[0]!;
    const blocks = 1 + Math.ceil(textBytes / BLOCK);
    for (let word = 0; word < blocks * 4; word += 4) this.#words[word] = counter;
    return (this.#views[blocks] ??= this.#input.subarray(0, blocks * BLOCK));
  }
}

/** null where there can be none: Node runs without a compiler (`--jitless`), or is not given the address space. */
let shared: Blocks | null | undefined;

function makeShared(): Blocks | null {
  try {
    return new Blocks(loadGhash());
  } catch {
    return null;
  }
}

/** Packets under a key; null where there is no WebAssembly, or where the TLS library that Node was built with has no AES-256 by the block. */
export function createGcm(key: KeyObject): Gcm | null {
  if (shared === undefined) shared = makeShared();
  try {
    return shared && new Gcm(key, shared);
  } catch {
    return null;
  }
}

/** One key. Packets are header ‖ text ‖ tag ‖ counter. */
export class Gcm {
  readonly #shared: Blocks;
  readonly #aes: Cipher;
  readonly #hashKey: Uint8Array;

  constructor(key: KeyObject, blocks: Blocks) {
    this.#shared = blocks;
    this.#aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    this.#hashKey = new Uint8Array(this.#aes.update(new Uint8Array(BLOCK)));
  }

  /** Writes text and tag of a packet that has its header, of `clear` bytes, and its counter. */
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

  /** The text of a packet, in memory of its own; undefined when it is not authentic. Nothing is decrypted before that is known. */
  open(packet: Uint8Array, clear: number, tagAt: number): Uint8Array | undefined {
    const { heap } = this.#shared;
    const length = tagAt - clear;
    const stream = this.#stream(packet, tagAt, length);
    heap.set(packet, TEXT - clear);
    this.#hash(packet, clear, length);
    // Every byte is looked at: how long it takes says nothing of where they differ.
    let difference = 0;
    for (let i = 0; i < TAG_BYTES; i += 1) difference |= heap[HASH + i]! ^ stream[i]! ^ packet[tagAt + i]!;
    if (difference !== 0) return undefined;
    // What AES gave is nobody else's: the text takes its place there, and the mask, by which others could be made, is not to lie before it.
    stream.fill(0, 0, BLOCK);
    for (let i = 0; i < length; i += 1) stream[BLOCK + i]! ^= packet[clear + i]!;
    return stream.subarray(BLOCK, BLOCK + length);
  }

  /** Overwrites what can be of the key, and what of it and of the last packet is in the memory. AES' own is OpenSSL's to overwrite, when it is collected. */
  forget(): void {
    this.#hashKey.fill(0);
    this.#shared.heap.fill(0);
  }

  /** The mask of a packet's tag, and the key stream of its text. */
  #stream(packet: Uint8Array, tagAt: number, textBytes: number): Buffer {
    return this.#aes.update(this.#shared.of(packet, tagAt + TAG_BYTES, textBytes));
  }

  /** Of a header and the ciphertext that is at TEXT, each with zeros up to a whole block, and of how many bits they have. */
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

/** How many bits so many bytes have, in the last three of eight bytes. */
function writeBits(heap: Uint8Array, at: number, bytes: number): void {
  heap[at + 5] = bytes >>> 13;
  heap[at + 6] = bytes >>> 5;
  heap[at + 7] = bytes << 3;
}
