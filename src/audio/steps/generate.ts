/** Sound out of nothing. */
import { amount, fields } from '../../checks/check.js';
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { CHANNELS, SAMPLE_RATE } from '../pcm/pcm.js';
import { curve } from './level/curve.js';
import { toPcm } from './numbers.js';

/** How long a generated sound is. */
export interface SilenceOptions {
  /** In ms. Default: it never ends. */
  readonly duration?: number;
}

/** What a tone is. */
export interface ToneOptions extends SilenceOptions {
  /** In Hz, below 24 000. Default 440. */
  readonly frequency?: number;
  /** The amplitude, from 0 to 1. Default 0.25, that is -12 dBFS. */
  readonly level?: number;
}

/** What is generated unless told otherwise. */
export const DEFAULT_TONE = { duration: Number.POSITIVE_INFINITY, frequency: 440, level: 0.25 } as const satisfies Required<ToneOptions>;

/** A tone that began or ended at once would click. */
const EDGE = 5 * SAMPLES_PER_MS;

const duration = amount('a number of milliseconds, 0 or more', 0);
const checkSilence = fields({ duration });
const checkTone = fields({
  duration,
  frequency: amount('a number of Hz above 0, below 24 000', 0.01, SAMPLE_RATE / 2 - 1),
  level: amount('a level from 0 to 1', 0, 1),
});

/**
 * Silence, in blocks of 20 ms, worked out as they are asked for. The last one is shorter where the duration is no multiple of 20 ms.
 *
 * @throws VoiceOptionsError for a duration that is none
 */
export function silence(options: SilenceOptions = {}): Iterable<Int16Array> {
  checkSilence('', options);
  return generated(options.duration, () => 0);
}

/**
 * A tone on both sides, in blocks of 20 ms, worked out as they are asked for: to try a channel with, to count down with. It comes and goes
 * within 5 ms, so that it does not click.
 *
 * @throws VoiceOptionsError for an option out of its range
 */
export function tone(options: ToneOptions = {}): Iterable<Int16Array> {
  checkTone('', options);
  const { frequency = DEFAULT_TONE.frequency, level = DEFAULT_TONE.level } = options;
  return generated(options.duration, (at, left) => {
    const shape = curve(Math.min(1, at / EDGE, left / EDGE));
    // Whole turns are left out, so that a tone of a day is as exact as one of a second.
    return level * shape * Math.sin(2 * Math.PI * (((at * frequency) / SAMPLE_RATE) % 1));
  });
}

/** @param sample of a place, and of what is left behind it */
function generated(ms: number = DEFAULT_TONE.duration, sample: (at: number, left: number) => number): Iterable<Int16Array> {
  const length = Math.round(ms * SAMPLES_PER_MS);
  return {
    *[Symbol.iterator]() {
      for (let at = 0; at < length; at += SAMPLES_PER_FRAME) {
        const block = new Float32Array(Math.min(SAMPLES_PER_FRAME, length - at) * CHANNELS);
        for (let i = 0; i < block.length; i += CHANNELS) {
          const n = at + i / CHANNELS;
          block[i] = block[i + 1] = sample(n, length - 1 - n);
        }
        yield toPcm(block);
      }
    },
  };
}
