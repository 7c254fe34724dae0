/** Fifteen bands, each louder or fainter. */
import { amount, count, fields, listOf, must, type Check } from '../../../checks/check.js';
import { decibels } from '../level/decibels.js';
import type { Live } from '../live.js';
import { chain, pcmFilter, type PcmFilter } from '../step.js';
import { liveFilter } from '../switch-filter.js';
import { BiquadStep, DESIGNS } from './biquad.js';

/** The middles of the bands, in Hz, two thirds of an octave apart: those of Lavalink. */
export const EQUALIZER_BANDS = [25, 40, 63, 100, 160, 250, 400, 630, 1_000, 1_600, 2_500, 4_000, 6_300, 10_000, 16_000] as const;

/** One band. Its gain is said in decibels, or as Lavalink does. */
export type EqualizerBand = {
  /** Which one, from 0 (25 Hz) to 14 (16 kHz): the index in `EQUALIZER_BANDS`. */
  readonly band: number;
} & (
  | {
      /** In decibels, from -40 to 20; 0 leaves it as it is. */
      readonly db: number;
    }
  | {
      /** Lavalink's number, from -0.25 to 1: 0 leaves it as it is, 0.25 makes it twice as loud, -0.25 mutes it (here: -40 dB). */
      readonly gain: number;
    }
);

const LEAST = -40;
/** Of a band two thirds of an octave wide: √2^(2/3) / (2^(2/3) - 1). */
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
 * Makes bands louder or fainter. Those that are not named stay as they are; of one that is named twice the last counts. Neighbours overlap,
 * so two of +6 dB are more than that between them. What gets louder than full scale is cut off: see `limiter()`.
 *
 * ```ts
 * equalizer([{ band: 0, db: 6 }, { band: 1, db: 4 }, { band: 14, db: -3 }]);
 * ```
 * @throws VoiceOptionsError for a band that there is none of, or a gain out of its range
 *
 * Source: R. Bristow-Johnson, Audio EQ Cookbook (peakingEQ), one filter a band; Lavalink v4 REST API, "Equalizer" (bands, gains).
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
