/** WAV as a container of the recorder: every sample at its position, and silence as holes. */
import { SAMPLE_RATE } from '../pcm/pcm.js';
import { WavWriter, type FileChunk, type WavWriterOptions } from '../pcm/wav-writer.js';
import type { Container, Fit, Piece } from './container.js';

/** Silence of this many samples, a second, or more becomes a hole in the file instead of written zeros. */
const MIN_HOLE = SAMPLE_RATE;

export class WavContainer implements Container<Int16Array> {
  readonly #writer: WavWriter;

  constructor(options: WavWriterOptions) {
    this.#writer = new WavWriter(options);
  }

  get samples(): number {
    return this.#writer.samples;
  }

  get samplesOut(): number {
    return this.#writer.samplesOut;
  }

  get room(): number {
    return this.#writer.room;
  }

  fit(_: Piece<Int16Array>, gap: number): Fit {
    if (gap === 0) return 'write';
    return gap > 0 ? { silence: gap } : 'leave-out';
  }

  header(): readonly FileChunk[] {
    return this.#writer.header();
  }

  write({ audio }: Piece<Int16Array>): readonly FileChunk[] {
    return this.#writer.write(audio);
  }

  silence(samples: number): readonly FileChunk[] {
    return samples < MIN_HOLE ? this.#writer.silence(samples) : this.#writer.skip(samples);
  }

  flush(): readonly FileChunk[] {
    return this.#writer.flush();
  }

  end(): readonly FileChunk[] {
    return this.#writer.end();
  }
}
