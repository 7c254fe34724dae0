/** Filters for the left and right channel. */
import { amount, fields, oneOf } from '../../checks/check.js';
import { CHANNELS } from '../pcm/pcm.js';
import { liveFilter } from './switch-filter.js';
import type { Live } from './live.js';
import { pcmFilter, type PcmFilter } from './step.js';

/** The gain from each side to each side, from -1 to 1; a negative gain inverts the signal. */
export interface ChannelMix {
  /** Default 1. */
  readonly leftToLeft?: number;
  /** Default 0. */
  readonly leftToRight?: number;
  /** Default 0. */
  readonly rightToLeft?: number;
  /** Default 1. */
  readonly rightToRight?: number;
}

/** The default: each side stays where it is. */
export const DEFAULT_CHANNEL_MIX = {
  leftToLeft: 1,
  leftToRight: 0,
  rightToLeft: 0,
  rightToRight: 1,
} as const satisfies Required<ChannelMix>;

const share = amount('a share from -1 to 1', -1, 1);
const checkMix = fields({ leftToLeft: share, leftToRight: share, rightToLeft: share, rightToRight: share });

/**
 * Mixes the two sides, as Lavalink's `channelMix` does.
 *
 * ```
 * left'  = leftToLeft · left + rightToLeft · right
 * right' = leftToRight · left + rightToRight · right
 * ```
 * @throws VoiceOptionsError for a gain out of range
 */
export function channelMix(mix: Live<ChannelMix>): PcmFilter {
  return liveFilter(mix, (value) => checkMix('', value), mixed);
}

function mixed(mix: ChannelMix): PcmFilter {
  const { leftToLeft, leftToRight, rightToLeft, rightToRight } = { ...DEFAULT_CHANNEL_MIX, ...mix };
  return pcmFilter(() => ({
    step: (samples) => {
      for (let i = 0; i < samples.length; i += CHANNELS) {
        const [left, right] = [samples[i]!, samples[i + 1]!];
        samples[i] = leftToLeft * left + rightToLeft * right;
        samples[i + 1] = leftToRight * left + rightToRight * right;
      }
      return samples;
    },
  }));
}

/** Which sides are heard where. */
export type ChannelChoice = 'mono' | 'left' | 'right' | 'swap';

const CHOICES: Readonly<Record<ChannelChoice, ChannelMix>> = {
  mono: { leftToLeft: 0.5, rightToLeft: 0.5, leftToRight: 0.5, rightToRight: 0.5 },
  left: { leftToRight: 1, rightToRight: 0 },
  right: { leftToLeft: 0, rightToLeft: 1 },
  swap: { leftToLeft: 0, leftToRight: 1, rightToLeft: 1, rightToRight: 0 },
};
const checkChoice = oneOf(Object.keys(CHOICES));

/**
 * `mono`: both sides play the mean of both; `left`, `right`: both play that side; `swap`: the sides are exchanged. For PCM with one channel,
 * use `resample(48_000, 1)`.
 *
 * @throws VoiceOptionsError for another choice
 */
export function channels(choice: ChannelChoice): PcmFilter {
  checkChoice('choice', choice);
  return mixed(CHOICES[choice]);
}

const checkPosition = amount('a position from -1 (left) to 1 (right)', -1, 1);

/**
 * Moves the sound to one side: -1 leaves only the left, 1 only the right, 0 leaves both unchanged.
 *
 * @throws VoiceOptionsError for a position out of range
 */
export function balance(position: Live<number>): PcmFilter {
  return liveFilter(
    position,
    (value) => checkPosition('position', value),
    (value) => mixed({ leftToLeft: Math.min(1, 1 - value), rightToRight: Math.min(1, 1 + value) }),
  );
}
