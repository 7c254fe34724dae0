/** Converts any rate to 48 kHz. */
import { SAMPLE_RATE } from './pcm.js';
import { kaiserSinc } from './sinc.js';

/** The filter's reach to either side, in samples of the lower of the two rates. */
const REACH = 24;
/** Kaiser window: 80 dB down in the stop band. */
const BETA = 8;
/** Where the filter is 6 dB down, as a share of the lower Nyquist frequency. */
const CUTOFF = 0.93;
/**
 * Positions between two input samples for which the filter is computed. Common rates need at most 640. If a rate needs more, the nearest
 * position is used, at most 1/9600 of a sample away: an error of -80 dB.
 */
const MAX_PHASES = 4_800;
/** The accepted sample rates. */
export const RATES = { least: 4_000, most: 768_000 } as const;

/** Whether it is an accepted sample rate, in Hz. */
export function isSampleRate(rate: number): boolean {
  return Number.isInteger(rate) && rate >= RATES.least && rate <= RATES.most;
}

/**
 * Converts a stream of one channel to 48 kHz, piece by piece: a polyphase FIR filter with linear phase, made of a windowed sinc. Images
 * (upsampling) and aliases (downsampling) are 80 dB down; frequencies below 0.8 of the lower Nyquist frequency pass within 0.05 dB. There
 * is no delay: sample n of the output is at n / 48 000 s of the input, and the output for n samples is ⌈n × 48 000 / rate⌉ long, however
 * the input is cut.
 *
 * ```
 *                        half-1
 * y[n] = Σ  x[⌊n·M/L⌋ + k] · h(k − frac(n·M/L))        48 000 / rate = L / M
 *       k = −half+1 … half
 * ```
 * Source: R. E. Crochiere and L. R. Rabiner, Multirate Digital Signal Processing, 1983, section 3.3; J. O. Smith, Digital Audio
 * Resampling Home Page, 2002 (the table of phases).
 */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  /** Input samples to either side of an output sample. */
  readonly #half: number;
  /** A filter for each phase, and one for phase 1. */
  readonly #filters: readonly Float32Array[];
  /** The input, starting `half - 1` samples before the next output sample. */
  #input: Float32Array;
  /** Position of the next output sample between two input samples, in units of 1 / up. */
  #phase = 0;
  #taken = 0;
  #given = 0;

  /**
   * @param rate of the input, in Hz
   * @throws RangeError if it is not a whole number from 4000 to 768 000
   */
  constructor(rate: number) {
    if (!isSampleRate(rate)) {
      throw new RangeError(`rate must be a whole number of Hz from ${RATES.least} to ${RATES.most}, and is ${rate}`);
    }
    const divisor = greatestDivisor(SAMPLE_RATE, rate);
    this.#up = SAMPLE_RATE / divisor;
    this.#down = rate / divisor;
    const scale = Math.min(1, SAMPLE_RATE / rate);
    this.#half = Math.ceil(REACH / scale);
    this.#filters = filtersOf(Math.min(this.#up, MAX_PHASES), this.#half, CUTOFF * scale);
    this.#input = new Float32Array(this.#half - 1);
  }

  /** The output that these samples complete; it lags by half the length of the filter: half a millisecond, 3 ms at 8 kHz, 6 ms at 4 kHz. */
  push(samples: Float32Array): Float32Array {
    this.#taken += samples.length;
    return this.#run(samples, Number.POSITIVE_INFINITY);
  }

  /** The rest, at the end of the stream. */
  flush(): Float32Array {
    const total = Math.ceil((this.#taken * this.#up) / this.#down);
    return this.#run(new Float32Array(this.#half), total - this.#given);
  }

  #run(samples: Float32Array, most: number): Float32Array {
    const input = new Float32Array(this.#input.length + samples.length);
    input.set(this.#input);
    input.set(samples, this.#input.length);
    const taps = 2 * this.#half;
    const last = input.length - taps;
    const output = new Float32Array(Math.max(0, Math.min(most, Math.ceil(((last + 1) * this.#up - this.#phase) / this.#down))));
    const perUp = (this.#filters.length - 1) / this.#up;
    let at = 0;
    for (let i = 0; i < output.length; i++) {
      output[i] = product(input, at, this.#filters[Math.round(this.#phase * perUp)]!);
      this.#phase += this.#down;
      const steps = Math.floor(this.#phase / this.#up);
      this.#phase -= steps * this.#up;
      at += steps;
    }
    this.#input = input.slice(at);
    this.#given += output.length;
    return output;
  }
}

function product(input: Float32Array, at: number, filter: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < filter.length; k++) sum += input[at + k]! * filter[k]!;
  return sum;
}

const made = new Map<string, readonly Float32Array[]>();
/** Limit of cached filter tables, which spare a new stream the computation. */
const MAX_TABLES = 8;

function filtersOf(phases: number, half: number, cutoff: number): readonly Float32Array[] {
  const key = `${phases} ${half} ${cutoff}`;
  const filters =
    made.get(key) ??
    Array.from({ length: phases + 1 }, (_, i) => kaiserSinc({ taps: 2 * half, half, cutoff, beta: BETA, centre: half - 1 + i / phases }));
  made.delete(key);
  made.set(key, filters);
  if (made.size > MAX_TABLES) made.delete([...made.keys()][0]!);
  return filters;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
