/** Loss concealment for codecs that have none: the last frame is repeated and faded out. */
import { CHANNELS } from '../pcm/pcm.js';

/** Samples after which the fade is complete: 60 ms. */
const FADE_SAMPLES = 2_880;

/**
 * Repeats the last frame, alternately backwards and forwards, so each repetition begins with the sample with which the one before it
 * ended, and nothing clicks. The fade is linear, over 60 ms of loss.
 */
export class Concealment {
  #last: Int16Array | undefined;
  /** Samples concealed since the last frame. */
  #run = 0;

  /** Remembers a decoded frame. It is not copied, and is read only when the next one is lost. */
  remember(pcm: Int16Array): void {
    this.#last = pcm;
    this.#run = 0;
  }

  /** The next `samples` of the loss, interleaved; silence if there was no frame before it. */
  conceal(samples: number): Int16Array {
    const pcm = new Int16Array(samples * CHANNELS);
    const last = this.#last;
    const length = (last?.length ?? 0) / CHANNELS;
    if (last !== undefined && length > 0) {
      for (let i = 0; i < samples && this.#run + i < FADE_SAMPLES; i++) {
        const place = (this.#run + i) % (2 * length);
        const from = (place < length ? length - 1 - place : place - length) * CHANNELS;
        const gain = 1 - (this.#run + i) / FADE_SAMPLES;
        for (let side = 0; side < CHANNELS; side++) pcm[i * CHANNELS + side] = last[from + side]! * gain;
      }
    }
    this.#run += samples;
    return pcm;
  }
}
