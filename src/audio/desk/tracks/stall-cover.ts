/** What is heard when a source does not deliver in time. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';

/** A frame to fill; reused by the next track. */
const scratch = new Float32Array(SAMPLES_PER_FRAME * CHANNELS);

/**
 * Remembers a track's last frame, and fades out over a frame with that sound reversed: it begins with the sample with which the last frame
 * ended, so nothing clicks.
 */
export class StallCover {
  readonly #last = new Float32Array(scratch.length);

  /** An empty frame. It is valid until the next call, of any track. */
  frame(): Float32Array {
    return scratch.fill(0);
  }

  /** Remembers a full frame. */
  remember(frame: Float32Array): void {
    if (frame.length === this.#last.length) this.#last.set(frame);
  }

  /** Fills a frame with the fade-out. */
  cover(frame: Float32Array): void {
    const { length } = frame;
    for (let i = 0; i < length; i += CHANNELS) {
      const gain = 0.5 + 0.5 * Math.cos((Math.PI * i) / length);
      frame[i] = this.#last[length - CHANNELS - i]! * gain;
      frame[i + 1] = this.#last[length - CHANNELS - i + 1]! * gain;
    }
  }
}
