/** Boosts the bass. */
import { amount, fields } from '../../../checks/check.js';
import type { Live } from '../live.js';
import { pcmFilter, type PcmFilter } from '../step.js';
import { liveFilter } from '../switch-filter.js';
import { BiquadStep, DESIGNS } from './biquad.js';
import { DEFAULT_PASS, frequencyCheck, qCheck } from './pass.js';

/** Options of the bass boost. */
export interface BassBoostOptions {
  /** In dB, from -30 to 30. Default 6. */
  readonly gain?: number;
  /** The frequency, in Hz, at which half of the gain (in dB) is reached. Default 110. */
  readonly frequency?: number;
  /** The steepness of the transition, from 0.1 to 20; above 0.71 it overshoots. Default 0.7071. */
  readonly q?: number;
}

/** The defaults of the bass boost. */
export const DEFAULT_BASS_BOOST = { gain: 6, frequency: 110, q: DEFAULT_PASS.q } as const satisfies Required<BassBoostOptions>;

const check = fields({ gain: amount('a gain from -30 to 30 dB', -30, 30), frequency: frequencyCheck, q: qCheck });

/**
 * Makes the low end louder (or quieter), and leaves the rest unchanged: a low shelf. Most songs have no headroom for it: put a `limiter()`
 * after it, or a `volume()` before it.
 *
 * @throws VoiceOptionsError for an option out of range
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
