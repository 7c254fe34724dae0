/** Second-order filters. */
import { CHANNELS, SAMPLE_RATE } from '../../pcm/pcm.js';
import type { PcmStep } from '../step.js';

/** H(z) = (b0 + b1·z⁻¹ + b2·z⁻²) / (1 + a1·z⁻¹ + a2·z⁻²). */
export interface BiquadCoefficients {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** The intermediate values of the cookbook's formulas. */
function intermediate(frequency: number, q: number): { readonly cos: number; readonly alpha: number } {
  const w0 = (2 * Math.PI * frequency) / SAMPLE_RATE;
  return { cos: Math.cos(w0), alpha: Math.sin(w0) / (2 * q) };
}

function normalized(b0: number, b1: number, b2: number, a0: number, a1: number, a2: number): BiquadCoefficients {
  return { b0: b0 / a0, b1: b1 / a0, b2: b2 / a0, a1: a1 / a0, a2: a2 / a0 };
}

/** The designs used here, by frequency in Hz, Q, and gain in dB. Source: R. Bristow-Johnson, Audio EQ Cookbook (W3C Note, 2021). */
export const DESIGNS = {
  lowPass(frequency: number, q: number): BiquadCoefficients {
    const { cos, alpha } = intermediate(frequency, q);
    return normalized((1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
  },
  highPass(frequency: number, q: number): BiquadCoefficients {
    const { cos, alpha } = intermediate(frequency, q);
    return normalized((1 + cos) / 2, -(1 + cos), (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
  },
  peaking(frequency: number, q: number, gain: number): BiquadCoefficients {
    const { cos, alpha } = intermediate(frequency, q);
    const a = 10 ** (gain / 40);
    return normalized(1 + alpha * a, -2 * cos, 1 - alpha * a, 1 + alpha / a, -2 * cos, 1 - alpha / a);
  },
  lowShelf(frequency: number, q: number, gain: number): BiquadCoefficients {
    const { cos, alpha } = intermediate(frequency, q);
    const a = 10 ** (gain / 40);
    const beta = 2 * Math.sqrt(a) * alpha;
    return normalized(
      a * (a + 1 - (a - 1) * cos + beta),
      2 * a * (a - 1 - (a + 1) * cos),
      a * (a + 1 - (a - 1) * cos - beta),
      a + 1 + (a - 1) * cos + beta,
      -2 * (a - 1 + (a + 1) * cos),
      a + 1 + (a - 1) * cos - beta,
    );
  },
} as const;

/** Smaller values count as silence: denormal numbers make a processor slow. */
const NOTHING = 1e-30;

/**
 * One biquad over both sides, in the transposed direct form II, which is the least sensitive to rounding.
 *
 * ```
 * y[n]  = b0·x[n] + s1[n-1]
 * s1[n] = b1·x[n] - a1·y[n] + s2[n-1]
 * s2[n] = b2·x[n] - a2·y[n]
 * ```
 */
export class BiquadStep implements PcmStep {
  readonly #coefficients: BiquadCoefficients;
  /** s1 and s2 of the left, then of the right. */
  readonly #state = new Float64Array(2 * CHANNELS);

  constructor(coefficients: BiquadCoefficients) {
    this.#coefficients = coefficients;
  }

  step(samples: Float32Array): Float32Array {
    const { b0, b1, b2, a1, a2 } = this.#coefficients;
    for (let side = 0; side < CHANNELS; side++) {
      let s1 = this.#state[2 * side]!;
      let s2 = this.#state[2 * side + 1]!;
      for (let i = side; i < samples.length; i += CHANNELS) {
        const x = samples[i]!;
        const y = b0 * x + s1;
        s1 = b1 * x - a1 * y + s2;
        s2 = b2 * x - a2 * y;
        samples[i] = y;
      }
      this.#state[2 * side] = Math.abs(s1) < NOTHING ? 0 : s1;
      this.#state[2 * side + 1] = Math.abs(s2) < NOTHING ? 0 : s2;
    }
    return samples;
  }
}
