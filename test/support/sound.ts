/** Test sounds for filters, and measurements of sounds. */
import type { PcmFilter } from '../../src/audio/index.js';
import { kaiserSinc } from '../../src/audio/pcm/sinc.js';

/** Interleaved stereo from two functions of the sample number, with values from -1 to 1. */
export function stereo(samples: number, left: (n: number) => number, right = left): Int16Array {
  const pcm = new Int16Array(2 * samples);
  for (let n = 0; n < samples; n++) {
    pcm[2 * n] = Math.round(32_767 * left(n));
    pcm[2 * n + 1] = Math.round(32_767 * right(n));
  }
  return pcm;
}

/** A sine with a frequency in Hz and an amplitude relative to full scale. */
export const sine =
  (hertz: number, amplitude = 0.5, phase = 0) =>
  (n: number): number =>
    amplitude * Math.sin(2 * Math.PI * ((n * hertz) / 48_000) + phase);

/** Noise, the same for the same seed: a linear congruential generator (Numerical Recipes). */
export function noise(seed: number, amplitude = 0.5): (n: number) => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return amplitude * (state / 0x8000_0000 - 1);
  };
}

/** Cuts PCM into pieces of the given lengths, in turn. */
export function* cut(pcm: Int16Array, ...lengths: readonly number[]): Generator<Int16Array, void> {
  for (let at = 0, i = 0; at < pcm.length; i++) {
    const length = lengths[i % lengths.length]!;
    yield pcm.subarray(at, at + length);
    at += length;
  }
}

/** The whole output of a filter, which gets the sound in pieces, of 20 ms by default. */
export function filtered(filter: PcmFilter, pcm: Int16Array, ...lengths: readonly number[]): Int16Array {
  return whole(filter(cut(pcm, ...(lengths.length === 0 ? [1920] : lengths))));
}

/** Joins pieces into one array. */
export function whole(pieces: Iterable<Int16Array>): Int16Array {
  const all = [...pieces];
  const pcm = new Int16Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of all) {
    pcm.set(piece, at);
    at += piece.length;
  }
  return pcm;
}

/** Describes the first difference of two sounds briefly, because a failing toEqual on arrays would print thousands of lines. */
export function difference(a: Int16Array, b: Int16Array): string {
  if (a.length !== b.length) return `${a.length} numbers, and ${b.length}`;
  const i = a.findIndex((x, at) => x !== b[at]);
  return i < 0 ? 'none' : `at ${i}: ${a[i]}, and ${b[i]}`;
}

/** One channel, with values from -1 to 1. */
export function side(pcm: Int16Array, channel: 0 | 1 = 0): Float64Array {
  return Float64Array.from({ length: pcm.length >> 1 }, (_, n) => pcm[2 * n + channel]! / 32_768);
}

/** Root mean square, in dBFS. */
export function rms(samples: Float64Array): number {
  return 10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}

/** The level of a tone: the amplitude of its sine, in dBFS. Source: G. Goertzel, 1958. */
export function toneLevel(samples: Float64Array, hertz: number): number {
  let [re, im] = [0, 0];
  samples.forEach((x, n) => {
    const window = 1 - Math.cos((2 * Math.PI * n) / samples.length);
    re += window * x * Math.cos((2 * Math.PI * hertz * n) / 48_000);
    im += window * x * Math.sin((2 * Math.PI * hertz * n) / 48_000);
  });
  return 20 * Math.log10((2 * Math.hypot(re, im)) / samples.length);
}

const HALF = 127;
const TAPS = 2 * HALF + 1;
const low = kaiserSinc({ taps: TAPS, half: HALF, cutoff: 6_000 / 24_000, beta: 8, centre: HALF });

/**
 * Detects clicks in a sound that has nothing above 5 kHz: the peak of its content above 6 kHz, in dBFS. A step of full scale is near 0.
 * The edges of the sound are ignored.
 */
export function clicks(pcm: Int16Array): number {
  let loudest = 0;
  for (const samples of [side(pcm, 0), side(pcm, 1)]) {
    for (let n = TAPS; n < samples.length; n++) {
      const centre = n - HALF;
      let sum = (1 - low[HALF]!) * samples[centre]!;
      // The filter kernel is symmetric.
      for (let k = 1; k <= HALF; k++) sum -= low[HALF + k]! * (samples[centre - k]! + samples[centre + k]!);
      loudest = Math.max(loudest, Math.abs(sum));
    }
  }
  return 20 * Math.log10(loudest);
}
