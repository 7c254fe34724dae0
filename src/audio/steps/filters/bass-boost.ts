/** More bass. */
import { amount, fields } from '../../../checks/check.js';
import type { Live } from '../live.js';
import { pcmFilter, type PcmFilter } from '../step.js';
import { liveFilter } from '../switch-filter.js';
import { BiquadStep, DESIGNS } from './biquad.js';
import { DEFAULT_PASS, frequencyCheck, qCheck } from './pass.js';

/** How much bass. */
export interface BassBoostOptions {
  /** In dB, from -30 to 30. Default 6. */
  readonly gain?: number;
  /** Half of the gain, in dB, is reached there, in Hz. Default 110. */
  readonly frequency?: number;
  /** How steep the way up is, from 0.1 to 20; above 0.71 it overshoots. Default 0.7071. */
  readonly q?: number;
}

/** How much bass there is unless told otherwise. */
export const DEFAULT_BASS_BOOST = { gain: 6, frequency: 110, q: DEFAULT_PASS.q } as const satisfies Required<BassBoostOptions>;

const check = fields({ gain: amount('a gain from -30 to 30 dB', -30, 30), frequency: frequencyCheck, q: qCheck });

/**
 * Makes the low end louder (or fainter), and leaves the rest: a low shelf. Most songs have no room for it: put a `limiter()` behind it,
 * or a `volume()` in front.
 *
 * @throws VoiceOptionsError for an option out of its range
 *
 * Source: R. Bristow-Johnson, Audio EQ Cookbook (lowShelf).
 */
export function bassBoost(options: Live<BassBoostOptions> = {}): PcmFilter {
  return liveFilter(
    options,
    (value) => check('', value),
    (value) => {
      const { frequency, q, gain } = { ...DEFAULT_BASS_BOOST, ...value };
      return pcmFilter(() => new BiquadStep(DESIGNS.lowShelf(frequency, q, gain)));
    },
  );
}
