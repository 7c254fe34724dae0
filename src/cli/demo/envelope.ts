/** The peak envelope of sound that comes in pieces of any length. */

/** Interleaved channels. */
const CHANNELS = 2;
/** 20 ms at 48 kHz. */
const STEP = 960;

/** Keeps the maximum and minimum sample of each 20 ms: enough for a picture, however long the sound. */
export class Envelope {
  /** The sample rate of {@link peaks} if they are treated as one channel: two samples for each 20 ms. */
  static readonly SAMPLE_RATE = (2 * 48_000) / STEP;

  readonly #peaks: number[] = [];
  #greatest = 0;
  #least = 0;
  /** Samples of the current step, for each channel. */
  #filled = 0;

  /** Adds interleaved PCM, 48 kHz stereo. */
  add(pcm: Int16Array): void {
    for (let at = 0; at < pcm.length; ) {
      const end = Math.min(pcm.length, at + (STEP - this.#filled) * CHANNELS);
      this.#filled += (end - at) / CHANNELS;
      for (; at < end; at++) {
        this.#greatest = Math.max(this.#greatest, pcm[at]!);
        this.#least = Math.min(this.#least, pcm[at]!);
      }
      if (this.#filled === STEP) this.#next();
    }
  }

  /** Adds silence. */
  skip(samples: number): void {
    this.add(new Int16Array(samples * CHANNELS));
  }

  /** Maximum and minimum sample of each whole 20 ms, in turn. */
  get peaks(): readonly number[] {
    return this.#peaks;
  }

  #next(): void {
    this.#peaks.push(this.#greatest, this.#least);
    this.#greatest = this.#least = this.#filled = 0;
  }
}
