/** Cuts PCM into blocks of equal length. */
import { SAMPLES_PER_FRAME } from '../../protocol/silence.js';
import { CHANNELS } from './pcm.js';

/** Values in 20 ms. */
export const BLOCK_LENGTH = SAMPLES_PER_FRAME * CHANNELS;

/** A pure step: takes pieces of any length, gives blocks of 20 ms (or another length), and at the end the rest. */
export class PcmBlocks {
  readonly #length: number;
  #block: Int16Array;
  #filled = 0;

  /** @param length of a block, in values */
  constructor(length = BLOCK_LENGTH) {
    this.#length = length;
    this.#block = new Int16Array(length);
  }

  /** The blocks that this piece completes; the caller owns them. */
  *push(pcm: Int16Array): Generator<Int16Array, void> {
    for (let at = 0; at < pcm.length; ) {
      const part = pcm.subarray(at, at + this.#length - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < this.#length) return;
      const full = this.#block;
      this.#block = new Int16Array(this.#length);
      this.#filled = 0;
      yield full;
    }
  }

  /** The rest: shorter than a block, possibly empty. */
  flush(): Int16Array {
    const rest = this.#block.slice(0, this.#filled);
    this.#filled = 0;
    return rest;
  }
}
