/** Generated sound. */
import { amount, fields } from '../../checks/check.js';
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { CHANNELS, SAMPLE_RATE } from '../pcm/pcm.js';
import { curve } from './level/curve.js';
import { toPcm } from './numbers.js';

/** Options of generated silence. */
export interface SilenceOptions {
  /** In ms. Default: it never ends. */
  readonly duration?: number;
}

/** Options of a tone. */
export interface ToneOptions extends SilenceOptions {
  /** In Hz, below 24 000. Default 440. */
  readonly frequency?: number;
  /** The amplitude, from 0 to 1. Default 0.25, that is -12 dBFS. */
  readonly level?: number;
}

/** The defaults of a tone. */
export const DEFAULT_TONE = { duration: Number.POSITIVE_INFINITY, frequency: 440, level: 0.25 } as const satisfies Required<ToneOptions>;

/** A tone that starts or ends abruptly would click. */
const EDGE = 5 * SAMPLES_PER_MS;

const duration = amount('a number of milliseconds, 0 or more', 0);
const checkSilence = fields({ duration });
const checkTone = fields({
  duration,
  frequency: amount('a number of Hz above 0, below 24 000', 0.01, SAMPLE_RATE / 2 - 1),
  level: amount('a level from 0 to 1', 0, 1),
});

/**
 * Silence, in blocks of 20 ms, computed on demand. The last block is shorter if the duration is not a multiple of 20 ms.
 *
 * @throws VoiceOptionsError for an invalid duration
 */
export function silence(options: SilenceOptions = {}): Iterable<Int16Array> {
  checkSilence('', options);
  return generated(options.duration, () => 0);
}

/**
 * A tone on both sides, in blocks of 20 ms, computed on demand; for example to test a channel, or for a countdown. It fades in and out over
 * 5 ms, so that it does not click.
 *
 * @throws VoiceOptionsError for an option out of range
 */
export function tone(options: ToneOptions = {}): Iterable<Int16Array> {
  checkTone('', options);
  const { frequency = DEFAULT_TONE.frequency, level = DEFAULT_TONE.level } = options;
  return generated(options.duration, (at, left) => {
    const shape = curve(Math.min(1, at / EDGE, left / EDGE));
    // Whole periods are removed first, so that a tone of a day is as exact as one of a second.
    return level * shape * Math.sin(2 * Math.PI * (((at * frequency) / SAMPLE_RATE) % 1));
  });
}

/** @param sample computes the sample at a position, given also how many samples are left after it */
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
