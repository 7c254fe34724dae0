/** How loud what is played is, frame by frame: it is decoded once more, as a listener would. */
import { createOpusDecoder } from '../../audio/opus/decoder.js';
import type { OpusFrame, RestingIterator } from '../../types.js';

/** In dB below full scale; null is silence. */
export interface Level {
  readonly peak: number | null;
  readonly rms: number | null;
}

const FULL_SCALE = 32_768;
/** That of silence. */
export const NO_LEVEL: Level = { peak: null, rms: null };

export class LevelMeter {
  readonly #decoder = createOpusDecoder();
  #level = NO_LEVEL;

  /** Of the last frame that was given. */
  get level(): Level {
    return this.#level;
  }

  /** The same frames, at the time at which they are asked for, looked at. */
  watch(frames: { [Symbol.iterator](): RestingIterator }): Iterable<OpusFrame> {
    return {
      [Symbol.iterator]: (): RestingIterator => {
        const iterator = frames[Symbol.iterator]();
        return {
          resting: (wake) => {
            const resting = iterator.resting(wake);
            if (resting) this.#level = NO_LEVEL;
            return resting;
          },
          next: () => {
            const result = iterator.next();
            if (result.done !== true) this.#level = this.#levelOf(result.value);
            return result;
          },
          return: () => {
            this.#decoder.free();
            return iterator.return?.() ?? { done: true, value: undefined };
          },
        };
      },
    };
  }

  #levelOf(frame: OpusFrame): Level {
    let pcm: Int16Array;
    try {
      pcm = this.#decoder.decode(frame);
    } catch {
      // Whoever hears it cannot decode it, either.
      return NO_LEVEL;
    }
    let [peak, squares] = [0, 0];
    for (const sample of pcm) {
      peak = Math.max(peak, Math.abs(sample));
      squares += sample * sample;
    }
    return { peak: decibels(peak), rms: decibels(Math.sqrt(squares / Math.max(1, pcm.length))) };
  }
}

/** To a tenth. */
function decibels(amplitude: number): number | null {
  return amplitude === 0 ? null : Math.round(200 * Math.log10(amplitude / FULL_SCALE)) / 10;
}
