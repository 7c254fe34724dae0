/** The windowed sinc for resampling filters. */

/** The parameters of the filter. */
export interface KaiserSincOptions {
  readonly taps: number;
  /** How far the window reaches to either side of the centre, in taps. */
  readonly half: number;
  /** Where it is 6 dB down, as a fraction of the Nyquist frequency. */
  readonly cutoff: number;
  /** Parameter of the Kaiser window: 5.65 gives 60 dB of stop band attenuation, 8 gives 80 dB. */
  readonly beta: number;
  /** The position of its centre, in taps. */
  readonly centre: number;
}

/**
 * A low-pass of unit gain: sin(π·c·t) / (π·t), times the Kaiser window of the same width.
 * Source: A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing, section 7.6 (Kaiser window).
 */
export function kaiserSinc({ taps: count, half, cutoff, beta, centre }: KaiserSincOptions): Float32Array {
  const taps = new Float64Array(count);
  let gain = 0;
  for (let i = 0; i < count; i++) {
    const t = i - centre;
    const sinc = t === 0 ? cutoff : Math.sin(Math.PI * cutoff * t) / (Math.PI * t);
    taps[i] = sinc * window(beta, (t / half) ** 2);
    gain += taps[i]!;
  }
  const filter = new Float32Array(count);
  for (let i = 0; i < count; i++) filter[i] = taps[i]! / gain;
  return filter;
}

/** Entries of the window table, interpolated linearly: the error is a millionth at most, that is -120 dB. */
const STEPS = 4_096;
const windows = new Map<number, Float64Array>();

/**
 * The Kaiser window, except for a constant factor, as a function of the squared distance from its centre, where 1 is its edge. This function
 * is so smooth that a table suffices: a resampler has tens of thousands of taps, and evaluating the series for each would block for 50 ms.
 */
function window(beta: number, square: number): number {
  let table = windows.get(beta);
  if (table === undefined) {
    table = Float64Array.from({ length: STEPS + 2 }, (_, i) => bessel(beta * Math.sqrt(Math.max(0, 1 - i / STEPS))));
    windows.set(beta, table);
  }
  const at = Math.min(1, square) * STEPS;
  const i = Math.floor(at);
  return table[i]! + (at - i) * (table[i + 1]! - table[i]!);
}

/** The modified Bessel function of order 0, computed by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}
