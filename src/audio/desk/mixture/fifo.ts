/** Samples that wait for their frame. */
import { CHANNELS } from '../../pcm/pcm.js';

/** Interleaved samples in, so many pairs of them out, in the same order. */
export class Fifo {
  #chunks: Float32Array[] = [];
  /** Numbers taken of the first one. */
  #taken = 0;
  #numbers = 0;

  /** Pairs. */
  get length(): number {
    return this.#numbers / CHANNELS;
  }

  push(samples: Float32Array): void {
    if (samples.length === 0) return;
    this.#chunks.push(samples);
    this.#numbers += samples.length;
  }

  /** Moves up to `pairs` of them into `out`, from the pair `at` on; returns how many. */
  take(out: Float32Array, at: number, pairs: number): number {
    const end = Math.min(at * CHANNELS + this.#numbers, (at + pairs) * CHANNELS);
    let to = at * CHANNELS;
    while (to < end) {
      const chunk = this.#chunks[0]!;
      const part = chunk.subarray(this.#taken, this.#taken + end - to);
      out.set(part, to);
      to += part.length;
      this.#taken += part.length;
      if (this.#taken < chunk.length) continue;
      this.#chunks.shift();
      this.#taken = 0;
    }
    const moved = to / CHANNELS - at;
    this.#numbers -= moved * CHANNELS;
    return moved;
  }
}
