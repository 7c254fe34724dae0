/** An equalizer of fifteen bands. */
import { amount, count, fields, listOf, must, type Check } from '../../../checks/check.js';
import { decibels } from '../level/decibels.js';
import type { Live } from '../live.js';
import { chain, pcmFilter, type PcmFilter } from '../step.js';
import { liveFilter } from '../switch-filter.js';
import { BiquadStep, DESIGNS } from './biquad.js';

/** The centres of the bands, in Hz, two thirds of an octave apart: those of Lavalink. */
export const EQUALIZER_BANDS = [25, 40, 63, 100, 160, 250, 400, 630, 1_000, 1_600, 2_500, 4_000, 6_300, 10_000, 16_000] as const;

/** One band. Its gain is given in decibels, or in Lavalink's scale. */
export type EqualizerBand = {
  /** Which band, from 0 (25 Hz) to 14 (16 kHz): the index in `EQUALIZER_BANDS`. */
  readonly band: number;
} & (
  | {
      /** In decibels, from -40 to 20; 0 changes nothing. */
      readonly db: number;
    }
  | {
      /** Lavalink's gain, from -0.25 to 1: 0 changes nothing, 0.25 doubles the amplitude, -0.25 mutes it (here: -40 dB). */
      readonly gain: number;
    }
);

const LEAST = -40;
/** Q of a band that is two thirds of an octave wide: √2^(2/3) / (2^(2/3) - 1). */
const Q = 2 ** (1 / 3) / (2 ** (2 / 3) - 1);

const form = fields(
  {
    band: count('a whole number from 0 to 14', 0, EQUALIZER_BANDS.length - 1),
    db: amount('a gain from -40 to 20 dB', LEAST, 20),
    gain: amount('a gain from -0.25 to 1', -0.25, 1),
  },
  ['band'],
);
const onlyOne = must('given in db, or as gain, and not both', (value) => 'db' in (value as object) !== 'gain' in (value as object));
const band: Check = (name, value) => {
  form(name, value);
  onlyOne(`${name}.db`, value);
};
const check = listOf(band, 'bands', 0);

/**
 * Makes bands louder or quieter. Bands that are not given stay unchanged; if one is given twice, the last counts. Neighbouring bands
 * overlap, so two of +6 dB add up to more between them. What becomes louder than full scale is clipped: see `limiter()`.
 *
 * ```ts
 * equalizer([{ band: 0, db: 6 }, { band: 1, db: 4 }, { band: 14, db: -3 }]);
 * ```
 * @throws VoiceOptionsError for an unknown band, or a gain out of range
 *
 * Source: R. Bristow-Johnson, Audio EQ Cookbook (peakingEQ), one filter per band; Lavalink v4 REST API, "Equalizer" (bands, gains).
 */
export function equalizer(bands: Live<readonly EqualizerBand[]>): PcmFilter {
  return liveFilter(bands, (value) => check('bands', value), made);
}

function made(bands: readonly EqualizerBand[]): PcmFilter {
  const gains = new Map(bands.map((one) => [one.band, 'db' in one ? one.db : Math.max(LEAST, decibels(1 + 4 * one.gain))]));
  const filters = [...gains]
    .filter(([, gain]) => gain !== 0)
    .map(([index, gain]) => pcmFilter(() => new BiquadStep(DESIGNS.peaking(EQUALIZER_BANDS[index]!, Q, gain))));
  return chain(...filters);
}
