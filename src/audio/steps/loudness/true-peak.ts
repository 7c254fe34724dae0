/** The peaks between the samples. */
import { CHANNELS } from '../../pcm/pcm.js';
import { kaiserSinc } from '../../pcm/sinc.js';

/** Samples to either side of a place between two: the twelve that the Recommendation has. */
const HALF = 6;
/** How far a piece goes back: to the first sample that the places behind the last one need. */
const PAST = 2 * HALF - 1;
/** Filters for a quarter, a half and three quarters of the way from one sample to the next. Source: ITU-R BS.1770-4, annex 2 (4 times). */
const [QUARTER, MIDDLE, THIRD] = [1, 2, 3].map((part) => kaiserSinc({ taps: 2 * HALF, half: HALF, cutoff: 1, beta: 5, centre: HALF - 1 + part / 4 })) as [
  Float32Array,
  Float32Array,
  Float32Array,
];

/** Gathers the greatest value that the sound has at four times its rate. Up to 15 kHz it is within 0.2 dB. */
export class TruePeak {
  readonly #past = Array.from({ length: CHANNELS }, () => new Float32Array(PAST));
  #peak = 0;

  /** So far, as a factor: 1 is full scale. */
  get peak(): number {
    return this.#peak;
  }

  add(samples: Float32Array): void {
    for (let side = 0; side < CHANNELS; side++) {
      const input = new Float32Array(PAST + samples.length / CHANNELS);
      input.set(this.#past[side]!);
      for (let n = PAST, i = side; n < input.length; n++, i += CHANNELS) input[n] = samples[i]!;
      this.#past[side] = input.slice(-PAST);
      this.#peak = Math.max(this.#peak, greatest(input));
    }
  }

  /** What comes up behind the last sample. */
  flush(): void {
    this.add(new Float32Array(PAST * CHANNELS));
  }
}

/** Of the samples that are new, and of the three places behind each that has six samples on either side. */
function greatest(input: Float32Array): number {
  let most = 0;
  for (let n = PAST; n < input.length; n++) {
    let [a, b, c] = [0, 0, 0];
    for (let k = 0, at = n - PAST; k < 2 * HALF; k++, at++) {
      const sample = input[at]!;
      a += QUARTER[k]! * sample;
      b += MIDDLE[k]! * sample;
      c += THIRD[k]! * sample;
    }
    most = Math.max(most, Math.abs(input[n]!), Math.abs(a), Math.abs(b), Math.abs(c));
  }
  return most;
}
