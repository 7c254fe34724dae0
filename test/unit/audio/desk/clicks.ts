/**
 * A click as a number. Tones below 2 kHz have nothing above 6 kHz, but a jump or a sharp bend has. So for such tones the loudest sample
 * behind a 6 kHz high-pass is the loudest click, and it must stay below -60 dBFS.
 */
const TAPS = 127;
const CUTOFF = 6_000 / 48_000;

/** A windowed-sinc low-pass (Blackman, 74 dB), turned into a high-pass. */
const kernel = Float64Array.from({ length: TAPS }, (_, i) => {
  const n = i - (TAPS - 1) / 2;
  const window = 0.42 - 0.5 * Math.cos((2 * Math.PI * i) / (TAPS - 1)) + 0.08 * Math.cos((4 * Math.PI * i) / (TAPS - 1));
  const low = n === 0 ? 2 * CUTOFF : Math.sin(2 * Math.PI * CUTOFF * n) / (Math.PI * n);
  return (n === 0 ? 1 : 0) - low * window;
});

/** Full scale is 0. */
export function decibels(amplitude: number): number {
  return 20 * Math.log10(Math.max(amplitude, 1e-9));
}

/** The loudest click of interleaved samples of full scale 1 (or 32 768), in dBFS, measured on the left channel. */
export function loudestClick(samples: ArrayLike<number>, scale = 1): number {
  let most = 0;
  for (let at = 0; at + 2 * TAPS <= samples.length; at += 2) {
    let sum = 0;
    for (let i = 0; i < TAPS; i++) sum += kernel[i]! * samples[at + 2 * i]!;
    most = Math.max(most, Math.abs(sum));
  }
  return decibels(most / scale);
}

/** The power of the difference of two sounds, in dBFS. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>, scale = 1, from = 0, to = a.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += (a[i]! - b[i]!) ** 2;
  return decibels(Math.sqrt(sum / (to - from)) / scale);
}
