/** Faster or slower, at the same pitch. */
import { CHANNELS } from '../../pcm/pcm.js';
import { curve } from '../level/curve.js';
import { joined } from '../numbers.js';
import type { PcmStep } from '../step.js';
import { bestMatch } from './best-match.js';

/** Samples from one frame to the next in the output; a frame is twice as long: 43 ms, as in ffmpeg's `atempo`. */
const HOP = 1_024;
/** A frame may begin so many samples before or behind its place: 10 ms, so that two periods of 50 Hz find each other. */
const SEARCH = 480;

/** How loud the frame that comes is at each sample of an overlap; the one that goes has the rest. */
const RISE = Float32Array.from({ length: HOP }, (_, i) => curve((i + 0.5) / HOP));

/**
 * Takes frames out of the sound that are nearer together, or farther apart, than they are put together again. Each frame is taken
 * from about its place, exactly where the sound is most like what would have come next after the frame before: so the waves go on
 * as waves.
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
  /** From the sample number `#base` on; numbers count pairs from the start of the sound. */
  #input: Float32Array = new Float32Array(0);
  #base = 0;
  /** Where the sound would go on after the last frame. */
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
    // Silence behind the end, as much as the last overlaps may look at.
    const padding = Math.ceil((left + 2 * HOP) * Math.max(1, this.#tempo)) + 2 * HOP + 2 * SEARCH;
    return this.#run(new Float32Array(padding * CHANNELS), Math.ceil(left / HOP)).subarray(0, left * CHANNELS);
  }

  #run(samples: Float32Array, most: number): Float32Array {
    this.#input = joined([this.#input, samples]);
    const end = this.#base + this.#input.length / CHANNELS;
    const pieces: Float32Array[] = [];
    for (; pieces.length < most; this.#overlaps += 1) {
      // The middle of the frame lies where the output that it is the middle of comes from.
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

  /** What lies before will not be looked at again. */
  #forget(before: number): void {
    const gone = Math.min(before - this.#base, this.#input.length / CHANNELS);
    if (gone <= 0) return;
    this.#input = this.#input.slice(gone * CHANNELS);
    this.#base += gone;
  }
}
