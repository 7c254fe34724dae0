/** A queue of samples. */
import { CHANNELS } from '../../pcm/pcm.js';

/** Takes interleaved samples, and gives any number of stereo pairs in the same order. */
export class Fifo {
  #chunks: Float32Array[] = [];
  /** Values already taken from the first chunk. */
  #taken = 0;
  #numbers = 0;

  /** Its length in stereo pairs. */
  get length(): number {
    return this.#numbers / CHANNELS;
  }

  push(samples: Float32Array): void {
    if (samples.length === 0) return;
    this.#chunks.push(samples);
    this.#numbers += samples.length;
  }

  /** Moves up to `pairs` of them into `out`, starting at the pair `at`; returns how many. */
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
