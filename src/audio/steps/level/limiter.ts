/** Limits peaks. */
import { amount, fields } from '../../../checks/check.js';
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { joined } from '../numbers.js';
import { pcmFilter, type PcmFilter, type PcmStep } from '../step.js';
import { db } from './decibels.js';
import { LeastOf } from './least-of.js';

/** Options of the limiter. */
export interface LimiterOptions {
  /** The highest sample value, in dBFS: 0 or less. Default -1, which leaves room for peaks between samples. */
  readonly ceiling?: number;
  /** How fast the level recovers after a peak: the time in ms until 63 % is recovered. Default 100. */
  readonly release?: number;
}

/** The defaults of the limiter. */
export const DEFAULT_LIMITER = { ceiling: -1, release: 100 } as const satisfies Required<LimiterOptions>;

/** The level goes down this long before a peak: 5 ms. */
const LOOK_AHEAD = 5 * SAMPLES_PER_MS;
/** Samples that determine a level: the sample itself, and its look-ahead. */
const WINDOW = LOOK_AHEAD + 1;
/** A level this close to 1 counts as 1: -120 dB. */
const NEAR = 1e-6;

const check = fields({
  ceiling: amount('a level in dBFS from -60 to 0', -60, 0),
  release: amount('a number of milliseconds from 1 to 10 000', 1, 10_000),
});

/**
 * Attenuates sound that would be too loud: the level goes down during the 5 ms before a peak, and recovers slowly after it. Samples that are
 * not near a peak stay bit-exact. No sample exceeds the ceiling. The length stays the same, and there is no delay: the 5 ms of look-ahead
 * are held back.
 *
 * ```
 * wanted[n]    min(1, ceiling / louder side of n)
 * least[n]     min of wanted[n - 240 … n]
 * released[n]  min(least[n], released[n-1] + k(1 - released[n-1]))
 * level[n]     mean of released[n … n + 240], none of which is beyond wanted[n]
 * ```
 * Source: G. Luff (Signalsmith Audio), Designing a Straightforward Limiter, 2022.
 *
 * @throws VoiceOptionsError for an option out of range
 */
export function limiter(options: LimiterOptions = {}): PcmFilter {
  check('', options);
  const { ceiling = DEFAULT_LIMITER.ceiling, release = DEFAULT_LIMITER.release } = options;
  return pcmFilter(() => new LimiterStep(db(ceiling), 1 - Math.exp(-1 / (release * SAMPLES_PER_MS))));
}

class LimiterStep implements PcmStep {
  readonly #ceiling: number;
  readonly #share: number;
  /** Samples that wait for their level. */
  #held = new Float32Array(0);
  readonly #least = new LeastOf(WINDOW);
  #released = 1;
  /** How far below 1 the last levels were, in a ring; their sum, and how many are not 0, which is usually none. */
  readonly #below = new Float64Array(WINDOW);
  #oldest = 0;
  #sum = 0;
  #low = 0;

  constructor(ceiling: number, share: number) {
    this.#ceiling = ceiling;
    this.#share = share;
  }

  step(samples: Float32Array): Float32Array {
    return this.#run(samples, Math.max(0, (this.#held.length + samples.length) / CHANNELS - LOOK_AHEAD));
  }

  flush(): Float32Array {
    const left = this.#held.length;
    return this.#run(new Float32Array(LOOK_AHEAD * CHANNELS), left / CHANNELS).subarray(0, left);
  }

  #run(samples: Float32Array, ready: number): Float32Array {
    const all = joined([this.#held, samples]);
    const waiting = this.#held.length / CHANNELS;
    const output = all.subarray(0, ready * CHANNELS);
    if (this.#least.idle && this.#low === 0 && samples.every((sample) => Math.abs(sample) <= this.#ceiling)) {
      this.#held = all.slice(output.length);
      return output;
    }
    for (let n = waiting; n < all.length / CHANNELS; n++) {
      const level = this.#level(this.#wanted(all[CHANNELS * n]!, all[CHANNELS * n + 1]!));
      const i = (n - LOOK_AHEAD) * CHANNELS;
      if (i < 0 || level === 1) continue;
      output[i] = this.#within(all[i]! * level);
      output[i + 1] = this.#within(all[i + 1]! * level);
    }
    this.#held = all.slice(output.length);
    return output;
  }

  #wanted(left: number, right: number): number {
    const loud = Math.max(Math.abs(left), Math.abs(right));
    return loud > this.#ceiling ? this.#ceiling / loud : 1;
  }

  /** The level of the sample `LOOK_AHEAD` before the one with this wanted level. */
  #level(wanted: number): number {
    const least = this.#least.add(wanted);
    const up = this.#released + this.#share * (1 - this.#released);
    this.#released = Math.min(least, up > 1 - NEAR ? 1 : up);
    const below = 1 - this.#released;
    const gone = this.#below[this.#oldest]!;
    this.#below[this.#oldest] = below;
    this.#oldest = (this.#oldest + 1) % WINDOW;
    this.#low += (below > 0 ? 1 : 0) - (gone > 0 ? 1 : 0);
    // A running sum drifts by rounding: it is reset when it must be 0.
    this.#sum = this.#low === 0 ? 0 : this.#sum + below - gone;
    return 1 - this.#sum / WINDOW;
  }

  /** Clips a last bit by which rounding may exceed the ceiling. */
  #within(sample: number): number {
    return Math.max(-this.#ceiling, Math.min(this.#ceiling, sample));
  }
}
