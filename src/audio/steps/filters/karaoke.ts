/** Removes the singer. */
import { amount, fields } from '../../../checks/check.js';
import { CHANNELS, SAMPLE_RATE } from '../../pcm/pcm.js';
import type { Live } from '../live.js';
import { pcmFilter, type PcmFilter, type PcmStep } from '../step.js';
import { liveFilter } from '../switch-filter.js';
import { BiquadStep, type BiquadCoefficients } from './biquad.js';

/** How much of the centre is removed. */
export interface KaraokeOptions {
  /** How much of the part that both sides have in common is removed, from 0 to 1. Default 1. */
  readonly level?: number;
  /** How much of its bass and drum band is put back, from 0 to 1. Default 1. */
  readonly monoLevel?: number;
  /** The centre of that band, in Hz. Default 220. */
  readonly filterBand?: number;
  /** The width of that band, in Hz. Default 100. */
  readonly filterWidth?: number;
}

/** The defaults of karaoke, as in Lavalink. */
export const DEFAULT_KARAOKE = { level: 1, monoLevel: 1, filterBand: 220, filterWidth: 100 } as const satisfies Required<KaraokeOptions>;

const share = amount('a level from 0 to 1', 0, 1);
const hertz = amount('a frequency from 10 to 10 000 Hz', 10, 10_000);
const check = fields({ level: share, monoLevel: share, filterBand: hertz, filterWidth: hertz });

/**
 * Removes what is equal on both sides, in most songs the singer (and bass and drums, of which one band is put back).
 *
 * ```
 * m          = (left + right) / 2, through a resonator at filterBand
 * left'      = left - level · right + level · monoLevel · m
 * right'     = right - level · left + level · monoLevel · m
 * resonator  A / (1 + B·z⁻¹ + C·z⁻²)
 * C = e^(-2π·filterWidth/48 000),  B = -4C/(1+C) · cos(2π·filterBand/48 000),  A = √(1 - B²/4C) · (1-C)
 * ```
 * @throws VoiceOptionsError for an option out of range
 *
 * Source: Lavalink v4 REST API, "Karaoke", and lavadsp, the origin of the filter; the resonator: J. O. Smith, Introduction to Digital Filters,
 * "Two-Pole".
 */
export function karaoke(options: Live<KaraokeOptions> = {}): PcmFilter {
  return liveFilter(
    options,
    (value) => check('', value),
    (value) => pcmFilter(() => new KaraokeStep({ ...DEFAULT_KARAOKE, ...value })),
  );
}

class KaraokeStep implements PcmStep {
  readonly #options: Required<KaraokeOptions>;
  readonly #band: BiquadStep;

  constructor(options: Required<KaraokeOptions>) {
    this.#options = options;
    this.#band = new BiquadStep(resonator(options.filterBand, options.filterWidth));
  }

  step(samples: Float32Array): Float32Array {
    const { level, monoLevel } = this.#options;
    const middle = samples.slice();
    for (let i = 0; i < middle.length; i += CHANNELS) middle[i] = middle[i + 1] = (middle[i]! + middle[i + 1]!) / 2;
    this.#band.step(middle);
    for (let i = 0; i < samples.length; i += CHANNELS) {
      const [left, right] = [samples[i]!, samples[i + 1]!];
      const back = level * monoLevel * middle[i]!;
      samples[i] = left - level * right + back;
      samples[i + 1] = right - level * left + back;
    }
    return samples;
  }
}

function resonator(frequency: number, width: number): BiquadCoefficients {
  const a2 = Math.exp((-2 * Math.PI * width) / SAMPLE_RATE);
  const a1 = ((-4 * a2) / (1 + a2)) * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE);
  // A band that is wider than its frequency has no resonance: the value under the root would be negative.
  return { b0: Math.sqrt(Math.max(0, 1 - (a1 * a1) / (4 * a2))) * (1 - a2), b1: 0, b2: 0, a1, a2 };
}
