/** Periodic changes of loudness, and between left and right. */
import { amount, fields } from '../../../checks/check.js';
import { CHANNELS, SAMPLE_RATE } from '../../pcm/pcm.js';
import type { Live } from '../live.js';
import { pcmFilter, type PcmFilter } from '../step.js';
import { liveFilter } from '../switch-filter.js';

/** Options of the tremolo. */
export interface TremoloOptions {
  /** Frequency in Hz, from 0.1 to 100. Default 2. */
  readonly frequency?: number;
  /** How far the level goes down, from 0 to 1, which is silence. Default 0.5. */
  readonly depth?: number;
}

/** The defaults of the tremolo, as in Lavalink. */
export const DEFAULT_TREMOLO = { frequency: 2, depth: 0.5 } as const satisfies Required<TremoloOptions>;

const checkTremolo = fields({ frequency: amount('a frequency from 0.1 to 100 Hz', 0.1, 100), depth: amount('a depth from 0 to 1', 0, 1) });

/**
 * Makes the sound louder and quieter periodically.
 *
 * ```
 * y[n] = x[n] · (1 - depth/2 + depth/2 · cos(2π·frequency·n / 48 000))
 * ```
 * @throws VoiceOptionsError for an option out of range
 *
 * Source: the formula is that of ffmpeg's `tremolo`; U. Zölzer (ed.), DAFX, 2nd edition, section 3.3.
 */
export function tremolo(options: Live<TremoloOptions> = {}): PcmFilter {
  return liveFilter(
    options,
    (value) => checkTremolo('', value),
    (value) => {
      const { frequency, depth } = { ...DEFAULT_TREMOLO, ...value };
      return modulated(frequency, (cos) => [1 - depth / 2 + (depth / 2) * cos, 1 - depth / 2 + (depth / 2) * cos]);
    },
  );
}

/** Options of the rotation. */
export interface RotationOptions {
  /** Turns per second, from 0.001 to 20. Default 0.2: "8D". */
  readonly frequency?: number;
}

/** The defaults of the rotation. */
export const DEFAULT_ROTATION = { frequency: 0.2 } as const satisfies Required<RotationOptions>;

const checkRotation = fields({ frequency: amount('a frequency from 0.001 to 20 Hz', 0.001, 20) });

/**
 * Moves the sound around the listener: it rises on the left while it falls on the right, and back. With `channels('mono')` before it, the
 * whole sound moves; without it, each side only changes its level.
 *
 * ```
 * left'[n]  = left[n] · (1 + sin(2π·frequency·n / 48 000)) / 2
 * right'[n] = right[n] · (1 - sin(2π·frequency·n / 48 000)) / 2
 * ```
 * @throws VoiceOptionsError for an option out of range
 *
 * Source: the formula is that of Lavalink's `rotation` (lavadsp), and of ffmpeg's `apulsator` with an amount of 1.
 */
export function rotation(options: Live<RotationOptions> = {}): PcmFilter {
  return liveFilter(
    options,
    (value) => checkRotation('', value),
    (value) => modulated({ ...DEFAULT_ROTATION, ...value }.frequency, (_cos, sin) => [(1 + sin) / 2, (1 - sin) / 2]),
  );
}

/** Multiplies the sound by the levels of left and right, computed from the cosine and sine of a rotating phase. */
function modulated(frequency: number, levels: (cos: number, sin: number) => readonly [number, number]): PcmFilter {
  return pcmFilter(() => {
    let turn = 0;
    return {
      step: (samples) => {
        for (let i = 0; i < samples.length; i += CHANNELS) {
          const [left, right] = levels(Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn));
          samples[i]! *= left;
          samples[i + 1]! *= right;
          turn += frequency / SAMPLE_RATE;
          if (turn >= 1) turn -= 1;
        }
        return samples;
      },
    };
  });
}
