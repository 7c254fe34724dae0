/** Measures the level of what is played, frame by frame: it decodes it once more, as a listener would. */
import { createOpusDecoder } from '../../audio/opus/decoder.js';
import type { FrameInput } from '../../frames/frame-input.js';
import { END, PENDING } from '../../frames/frame-queue.js';
import { frameStream, type FrameStream } from '../../frames/frame-stream.js';
import { openQueue } from '../../frames/open-queue.js';
import type { OpusFrame } from '../../types.js';

/** In dB below full scale; null is silence. */
export interface Level {
  readonly peak: number | null;
  readonly rms: number | null;
}

const FULL_SCALE = 32_768;
/** The level of silence. */
export const NO_LEVEL: Level = { peak: null, rms: null };

export class LevelMeter {
  readonly #decoder = createOpusDecoder();
  #level = NO_LEVEL;

  /** The level of the last frame that was read. */
  get level(): Level {
    return this.#level;
  }

  /** The same frames, measured when they are read, and not read ahead. */
  watch(frames: FrameInput): FrameStream {
    return frameStream((options) => {
      const queue = openQueue(frames, options);
      return {
        read: () => {
          const item = queue.read();
          this.#level = item === PENDING || item === END ? NO_LEVEL : this.#levelOf(item as OpusFrame);
          return item;
        },
        get overflow() {
          return queue.overflow;
        },
        get paused() {
          return queue.paused ?? false;
        },
        close: () => {
          queue.close();
          this.#decoder.free();
        },
      };
    });
  }

  #levelOf(frame: OpusFrame): Level {
    let pcm: Int16Array;
    try {
      pcm = this.#decoder.decode(frame);
    } catch {
      // A listener cannot decode it, either.
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

/** In dB below full scale, rounded to a tenth. */
function decibels(amplitude: number): number | null {
  return amplitude === 0 ? null : Math.round(200 * Math.log10(amplitude / FULL_SCALE)) / 10;
}
