/** Converts 48 kHz stereo to mono of a lower rate, for speech recognition. */
import { fields, oneOf, type Check } from '../../checks/check.js';
import { defer, map, type OperatorFunction } from 'rxjs';
import { CHANNELS, SAMPLE_RATE } from './pcm.js';
import { kaiserSinc } from './sinc.js';

/** Rates that divide 48 kHz, so that samples can simply be left out. */
const RATES = [8_000, 12_000, 16_000, 24_000] as const;
/** One of the output rates of a {@link Downsampler}. */
export type DownsampleRate = (typeof RATES)[number];

/** The filter's reach to either side, in samples of the new rate: 97 taps at 16 kHz, and 1 ms of delay. */
const REACH = 16;
/** Kaiser window: 60 dB down in the stop band. */
const BETA = 5.65;
/** Where the filter is 6 dB down, as a share of the new Nyquist frequency. */
const CUTOFF = 0.88;

/** Maximum number of SSRCs: above it, the one not heard for longest is forgotten. */
const MAX_FILTERS = 128;

/** Options of downsampling. */
export interface DownsampleOptions {
  /** Samples a second: 8000, 12 000, 16 000 or 24 000. Default 16 000. */
  readonly rate?: DownsampleRate;
}

/** The defaults of downsampling. */
export const DEFAULT_DOWNSAMPLING = { rate: 16_000 } as const satisfies Required<DownsampleOptions>;

const checkOptions = fields({ rate: oneOf(RATES) } satisfies Readonly<Record<keyof DownsampleOptions, Check>>);

/**
 * Converts a stream of 48 kHz stereo to mono, piece by piece: the mean of left and right, through a linear-phase low-pass (FIR,
 * windowed sinc), which computes only the samples that remain. Aliases in the speech band are attenuated by 60 dB; up to three
 * quarters of the new band pass within 0.1 dB. The output is delayed by 16 of its own samples: 1 ms at 16 kHz.
 *
 * It keeps the end of the last piece, so each stream needs its own.
 */
export class Downsampler {
  /** Samples per second of the output. */
  readonly rate: DownsampleRate;
  readonly #factor: number;
  readonly #taps: Float32Array;
  /** Mono input: as many past samples as the filter needs, then the piece. */
  #input: Float32Array;
  /** Input samples to skip before the next one that remains. */
  #skip = 0;

  /** @throws VoiceOptionsError for any other rate */
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
    // The filter is symmetrical, which halves the multiplications.
    let sum = taps[middle]! * input[at + middle]!;
    for (let i = 0; i < middle; i++) sum += taps[i]! * (input[at + i]! + input[at + last - i]!);
    return sum;
  }
}

/** An object whose PCM was downsampled. */
export type Downsampled<T> = Omit<T, 'pcm'> & {
  /** Signed 16 bits, mono, at `rate`. */
  readonly pcm: Int16Array;
  /** Samples per second. */
  readonly rate: DownsampleRate;
};

/**
 * Converts the PCM of frames or blocks to mono at a lower rate, for speech recognition. With PCM frames, each SSRC has its own
 * filter.
 *
 * ```
 * frames      f---f---f--|    1920 numbers of 48 kHz stereo
 * at 16 kHz   s---s---s--|    320 of 16 kHz mono
 * ```
 * @throws VoiceOptionsError for any other rate
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
          // The SSRC that was heard last moves to the end.
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
