/** What lets only one end of the spectrum pass. */
import { amount, fields } from '../../../checks/check.js';
import type { Live } from '../live.js';
import { pcmFilter, type PcmFilter } from '../step.js';
import { liveFilter } from '../switch-filter.js';
import { BiquadStep, DESIGNS } from './biquad.js';

/** Where the sound is cut. */
export interface PassOptions {
  /** Where it is 3 dB down (with the default Q), in Hz, from 10 to 20 000. Beyond it 12 dB an octave. */
  readonly frequency: number;
  /** How sharp the corner is, from 0.1 to 20; above 0.71 it rings. Default 0.7071 (Butterworth). */
  readonly q?: number;
}

/** Maximally flat. */
export const DEFAULT_PASS = { q: Math.SQRT1_2 } as const;

export const frequencyCheck = amount('a frequency from 10 to 20 000 Hz', 10, 20_000);
export const qCheck = amount('a Q from 0.1 to 20', 0.1, 20);
const check = fields({ frequency: frequencyCheck, q: qCheck }, ['frequency']);

/**
 * Takes away what is above a frequency: muffled, as from the next room. Of the second order.
 *
 * @throws VoiceOptionsError for an option out of its range
 *
 * Source: R. Bristow-Johnson, Audio EQ Cookbook (LPF).
 */
export function lowPass(options: Live<PassOptions>): PcmFilter {
  return pass(options, DESIGNS.lowPass);
}

/**
 * Takes away what is below a frequency: rumble, wind, the hum of the mains. Of the second order.
 *
 * @throws VoiceOptionsError for an option out of its range
 *
 * Source: R. Bristow-Johnson, Audio EQ Cookbook (HPF).
 */
export function highPass(options: Live<PassOptions>): PcmFilter {
  return pass(options, DESIGNS.highPass);
}

function pass(options: Live<PassOptions>, design: typeof DESIGNS.lowPass): PcmFilter {
  return liveFilter(
    options,
    (value) => check('', value),
    ({ frequency, q = DEFAULT_PASS.q }) => pcmFilter(() => new BiquadStep(design(frequency, q))),
  );
}
