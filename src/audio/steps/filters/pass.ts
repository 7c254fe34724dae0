/** Low-pass and high-pass filters. */
import { amount, fields } from '../../../checks/check.js';
import type { Live } from '../live.js';
import { pcmFilter, type PcmFilter } from '../step.js';
import { liveFilter } from '../switch-filter.js';
import { BiquadStep, DESIGNS } from './biquad.js';

/** The corner of the filter. */
export interface PassOptions {
  /** The corner in Hz, from 10 to 20 000: -3 dB with the default Q. Beyond it, 12 dB per octave. */
  readonly frequency: number;
  /** The sharpness of the corner, from 0.1 to 20; above 0.71 it rings. Default 0.7071 (Butterworth). */
  readonly q?: number;
}

/** Maximally flat. */
export const DEFAULT_PASS = { q: Math.SQRT1_2 } as const;

export const frequencyCheck = amount('a frequency from 10 to 20 000 Hz', 10, 20_000);
export const qCheck = amount('a Q from 0.1 to 20', 0.1, 20);
const check = fields({ frequency: frequencyCheck, q: qCheck }, ['frequency']);

/**
 * Removes what is above a frequency: muffled, like music from the next room. Second order.
 *
 * @throws VoiceOptionsError for an option out of range
 *
 * Source: R. Bristow-Johnson, Audio EQ Cookbook (LPF).
 */
export function lowPass(options: Live<PassOptions>): PcmFilter {
  return pass(options, DESIGNS.lowPass);
}

/**
 * Removes what is below a frequency: rumble, wind, mains hum. Second order.
 *
 * @throws VoiceOptionsError for an option out of range
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
