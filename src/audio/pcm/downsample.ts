/** 48 kHz stereo to the mono of a lower rate that speech recognition wants. */
import { fields, oneOf, type Check } from '../../checks/check.js';
import { defer, map, type OperatorFunction } from 'rxjs';
import { CHANNELS, SAMPLE_RATE } from './pcm.js';
import { kaiserSinc } from './sinc.js';

/** Rates that 48 kHz can be brought down to by leaving out samples. */
const RATES = [8_000, 12_000, 16_000, 24_000] as const;
/** One of the rates that a {@link Downsampler} makes. */
export type DownsampleRate = (typeof RATES)[number];

/** The filter's reach to either side, in samples of the new rate: 97 taps at 16 kHz, and 1 ms of delay. */
const REACH = 16;
/** Kaiser window: 60 dB down in the stop band. */
const BETA = 5.65;
/** Where the filter is 6 dB down, as a share of the new Nyquist frequency. */
const CUTOFF = 0.88;

/** SSRCs at once: who was not heard for longest is forgotten. */
const MAX_FILTERS = 128;

/** What to make. */
export interface DownsampleOptions {
  /** Samples a second: 8000, 12 000, 16 000 or 24 000. Default 16 000. */
  readonly rate?: DownsampleRate;
}

/** What is made unless told otherwise. */
export const DEFAULT_DOWNSAMPLING = { rate: 16_000 } as const satisfies Required<DownsampleOptions>;

const checkOptions = fields({ rate: oneOf(RATES) } satisfies Readonly<Record<keyof DownsampleOptions, Check>>);

/**
 * Brings a stream of 48 kHz stereo down to mono, piece by piece: the mean of left and right, through a linear-phase low-pass (FIR,
 * windowed sinc), of which only the samples that stay are computed. What would fold into the speech is 60 dB down; up to three
 * quarters of the new band passes within 0.1 dB. The output is 16 of its own samples late: 1 ms at 16 kHz.
 *
 * It remembers the end of the piece before, so each stream needs its own.
 */
export class Downsampler {
  /** Samples a second of what it makes. */
  readonly rate: DownsampleRate;
  readonly #factor: number;
  readonly #taps: Float32Array;
  /** Mono input: the taps' length of the past, then the piece. */
  #input: Float32Array;
  /** Input samples to pass over before the next one that stays. */
  #skip = 0;

  /** @throws VoiceOptionsError for another rate */
  constructor(options: DownsampleOptions = {}) {
    checkOptions('', options);
    const { rate = DEFAULT_DOWNSAMPLING.rate } = options;
    this.rate = rate;
    this.#factor = SAMPLE_RATE / rate;
    this.#taps = lowPass(this.#factor);
    this.#input = new Float32Array(this.#taps.length - 1);
  }

  /** The mono samples of a piece of interleaved stereo: a third as many at 16 kHz, 320 for 20 ms. */
  push(pcm: Int16Array): Int16Array {
    const past = this.#taps.length - 1;
    const samples = Math.floor(pcm.length / CHANNELS);
    const input = new Float32Array(past + samples);
    input.set(this.#input);
    for (let i = 0; i < samples; i++) input[past + i] = (pcm[2 * i]! + pcm[2 * i + 1]!) / CHANNELS;
    const output = new Int16Array(Math.max(0, Math.ceil((samples - this.#skip) / this.#factor)));
    for (let i = 0, at = this.#skip; i < output.length; i++, at += this.#factor) output[i] = clamp(this.#filter(input, at));
    this.#skip += output.length * this.#factor - samples;
    this.#input = input.slice(samples);
    return output;
  }

  #filter(input: Float32Array, at: number): number {
    const taps = this.#taps;
    const last = taps.length - 1;
    const middle = last / 2;
    // It is the same backwards: half the products.
    let sum = taps[middle]! * input[at + middle]!;
    for (let i = 0; i < middle; i++) sum += taps[i]! * (input[at + i]! + input[at + last - i]!);
    return sum;
  }
}

/** Something with PCM in it that was brought down. */
export type Downsampled<T> = Omit<T, 'pcm'> & {
  /** Signed 16 bits, mono, at `rate`. */
  readonly pcm: Int16Array;
  /** Samples a second. */
  readonly rate: DownsampleRate;
};

/**
 * Brings the PCM of frames or blocks down to mono at a lower rate, for speech recognition. Of PCM frames each SSRC has a filter
 * of its own.
 *
 * ```
 * frames      f---f---f--|    1920 numbers of 48 kHz stereo
 * at 16 kHz   s---s---s--|    320 of 16 kHz mono
 * ```
 * @throws VoiceOptionsError for another rate
 */
export function downsample<T extends { readonly pcm: Int16Array; readonly ssrc?: number }>(
  options: DownsampleOptions = {},
): OperatorFunction<T, Downsampled<T>> {
  const { rate } = new Downsampler(options);
  return (frames) =>
    defer(() => {
      const filters = new Map<number | undefined, Downsampler>();
      return frames.pipe(
        map((frame) => {
          const filter = filters.get(frame.ssrc) ?? new Downsampler(options);
          // The SSRC heard last goes to the end.
          filters.delete(frame.ssrc);
          filters.set(frame.ssrc, filter);
          if (filters.size > MAX_FILTERS) filters.delete([...filters.keys()][0]);
          return { ...frame, pcm: filter.push(frame.pcm), rate };
        }),
      );
    });
}

/** Symmetrical, with a tap in the middle. */
function lowPass(factor: number): Float32Array {
  const half = REACH * factor;
  return kaiserSinc({ taps: 2 * half + 1, half, cutoff: CUTOFF / factor, beta: BETA, centre: half });
}

function clamp(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample)));
}
