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
  const taps = Float64Array.from({ length: count }, (_, i) => {
    const t = i - centre;
    const sinc = t === 0 ? cutoff : Math.sin(Math.PI * cutoff * t) / (Math.PI * t);
    return sinc * bessel(beta * Math.sqrt(Math.max(0, 1 - (t / half) ** 2)));
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return Float32Array.from(taps, (tap) => tap / gain);
}

/** The modified Bessel function of order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}
