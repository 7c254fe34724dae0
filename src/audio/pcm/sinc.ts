/** The windowed sinc that resampling filters are made of. */

/** What to make. */
export interface KaiserSincOptions {
  readonly taps: number;
  /** So far the window reaches to either side of the centre, in taps. */
  readonly half: number;
  /** Where it is 6 dB down, as a share of the Nyquist frequency. */
  readonly cutoff: number;
  /** Of the Kaiser window: 5.65 is 60 dB down in the stop band, 8 is 80 dB. */
  readonly beta: number;
  /** Where between the taps its middle is. */
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

/** Places of a window between which a line is drawn: it is off by a millionth at most, that is -120 dB. */
const STEPS = 4_096;
const windows = new Map<number, Float64Array>();

/**
 * The Kaiser window, but for a factor, at the square of the distance from its middle, of which 1 is its edge. Of the square it is so smooth a
 * function that a table does: the filters of a resampler have tens of thousands of taps, and their series would block for 50 ms.
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

/** The modified Bessel function of order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}
