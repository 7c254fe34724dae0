/** Changes the tempo at the same pitch. */
import { CHANNELS } from '../../pcm/pcm.js';
import { curve } from '../level/curve.js';
import { joined } from '../numbers.js';
import type { PcmStep } from '../step.js';
import { bestMatch } from './best-match.js';

/** Samples between the starts of two output frames. A frame is twice as long: 43 ms, as in ffmpeg's `atempo`. */
const HOP = 1_024;
/** A frame may start this many samples before or after its nominal position: 10 ms, so that two periods of 50 Hz can be aligned. */
const SEARCH = 480;

/** The gain of the new frame at each sample of an overlap; the old one has the rest. */
const RISE = Float32Array.from({ length: HOP }, (_, i) => curve((i + 0.5) / HOP));

/**
 * Takes frames from the sound at a different spacing than the one at which it puts them together again. Each frame is taken near its
 * nominal position, exactly where the sound is most similar to what would have followed the frame before. So the waveform continues
 * smoothly.
 *
 * ```
 * input    |---c1===|···p1======|            c: what would come next, p: what comes, at about its place
 * output   |---     \c1 + p1/  \c2 + p2/     each overlap: c fades out, p fades in
 * ```
 * The output is as long as the input divided by the tempo, to the sample.
 *
 * Source: W. Verhelst and M. Roelands, An Overlap-Add Technique Based on Waveform Similarity (WSOLA), ICASSP 1993.
 */
export class WsolaStep implements PcmStep {
  readonly #tempo: number;
  /** Starts at the sample number `#base`; sample numbers count pairs from the start of the sound. */
  #input: Float32Array = new Float32Array(0);
  #base = 0;
  /** Where the sound would continue after the last frame. */
  #next = 0;
  #overlaps = 0;
  #taken = 0;

  constructor(tempo: number) {
    this.#tempo = tempo;
  }

  step(samples: Float32Array): Float32Array {
    this.#taken += samples.length / CHANNELS;
    return this.#run(samples, Number.POSITIVE_INFINITY);
  }

  flush(): Float32Array {
    const given = this.#overlaps * HOP;
    const left = Math.round(this.#taken / this.#tempo) - given;
    if (left <= 0) return new Float32Array(0);
    // Silence after the end, as much as the last overlaps may read.
    const padding = Math.ceil((left + 2 * HOP) * Math.max(1, this.#tempo)) + 2 * HOP + 2 * SEARCH;
    return this.#run(new Float32Array(padding * CHANNELS), Math.ceil(left / HOP)).subarray(0, left * CHANNELS);
  }

  #run(samples: Float32Array, most: number): Float32Array {
    this.#input = joined([this.#input, samples]);
    const end = this.#base + this.#input.length / CHANNELS;
    const pieces: Float32Array[] = [];
    for (; pieces.length < most; this.#overlaps += 1) {
      // The nominal position, such that the middle of the frame comes from the matching input position.
      const place = Math.round((this.#overlaps + 1) * HOP * this.#tempo) - HOP;
      if (Math.max(this.#next, place + SEARCH) + HOP > end) break;
      const from = Math.max(this.#base, place - SEARCH);
      const to = Math.max(from, place + SEARCH);
      const at = from + bestMatch(this.#input, this.#next - this.#base, from - this.#base, to - from + 1, HOP);
      pieces.push(this.#overlap(this.#next, at));
      this.#next = at + HOP;
      this.#forget(Math.min(this.#next, place + Math.floor(HOP * this.#tempo) - SEARCH - 1));
    }
    return joined(pieces);
  }

  #overlap(going: number, coming: number): Float32Array {
    const piece = new Float32Array(HOP * CHANNELS);
    const [a, b] = [(going - this.#base) * CHANNELS, (coming - this.#base) * CHANNELS];
    for (let i = 0; i < piece.length; i++) {
      const share = RISE[i >> 1]!;
      piece[i] = this.#input[a + i]! * (1 - share) + this.#input[b + i]! * share;
    }
    return piece;
  }

  /** Drops input that is not needed any more. */
  #forget(before: number): void {
    const gone = Math.min(before - this.#base, this.#input.length / CHANNELS);
    if (gone <= 0) return;
    this.#input = this.#input.slice(gone * CHANNELS);
    this.#base += gone;
  }
}
