/** What is heard when a source has nothing to give in time. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';

/** A frame to fill; used again by the next track. */
const scratch = new Float32Array(SAMPLES_PER_FRAME * CHANNELS);

/**
 * Remembers a track's last frame, and fades out over a frame with its sound turned round: it begins with the sample that the last one
 * ended with, so nothing clicks.
 */
export class StallCover {
  readonly #last = new Float32Array(scratch.length);

  /** An empty frame. It is good up to the next call, of any track. */
  frame(): Float32Array {
    return scratch.fill(0);
  }

  /** Takes note of a frame that is full. */
  remember(frame: Float32Array): void {
    if (frame.length === this.#last.length) this.#last.set(frame);
  }

  /** Fills a frame with the way out. */
  cover(frame: Float32Array): void {
    const { length } = frame;
    for (let i = 0; i < length; i += CHANNELS) {
      const gain = 0.5 + 0.5 * Math.cos((Math.PI * i) / length);
      frame[i] = this.#last[length - CHANNELS - i]! * gain;
      frame[i + 1] = this.#last[length - CHANNELS - i + 1]! * gain;
    }
  }
}
