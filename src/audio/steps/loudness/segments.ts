/** The power of each tenth of a second, the basis of all loudness. */
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { KWeighting } from './k-weighting.js';

/** Samples of a segment: 100 ms. */
export const SEGMENT = 100 * SAMPLES_PER_MS;
/** Calibrates the scale for a tone of 997 Hz. */
const OFFSET = -0.691;

/** Converts a mean power of both sides together. Source: ITU-R BS.1770-4, annex 1, formula 2. */
export function lufs(power: number): number {
  return OFFSET + 10 * Math.log10(power);
}

/** A step: takes sound, and returns the weighted power of each 100 ms, of both sides together. */
export class PowerSegments {
  readonly #weighting = new KWeighting();
  #sum = 0;
  #count = 0;

  add(samples: Float32Array): number[] {
    const weighted = this.#weighting.weighted(samples);
    const complete: number[] = [];
    for (let i = 0; i < weighted.length; i += CHANNELS) {
      this.#sum += weighted[i]! ** 2 + weighted[i + 1]! ** 2;
      if (++this.#count < SEGMENT) continue;
      complete.push(this.#sum / SEGMENT);
      this.#sum = 0;
      this.#count = 0;
    }
    return complete;
  }
}

/** Sliding means of `each` consecutive segments. */
export function sliding(segments: readonly number[], each: number): number[] {
  const means: number[] = [];
  let sum = 0;
  segments.forEach((power, i) => {
    sum += power - (segments[i - each] ?? 0);
    // A running sum may end slightly below 0.
    if (i >= each - 1) means.push(Math.max(0, sum) / each);
  });
  return means;
}
