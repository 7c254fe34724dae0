/** Raw PCM as a container of the recorder, for an encoder: every sample at its position. */
import { CHANNELS, SAMPLE_RATE } from '../pcm/pcm.js';
import type { FileChunk } from '../pcm/wav-writer.js';
import { AppendedBytes } from './appended.js';
import type { Container, Fit, Piece } from './container.js';

/** Silence is made in steps of a second. */
const SILENCE = new Uint8Array(SAMPLE_RATE * CHANNELS * 2);

export class PcmContainer implements Container<Int16Array> {
  readonly room = Number.POSITIVE_INFINITY;
  readonly #file = new AppendedBytes();
  #samples = 0;

  get samples(): number {
    return this.#samples;
  }

  get samplesOut(): number {
    return this.#samples;
  }

  fit(_: Piece<Int16Array>, gap: number): Fit {
    if (gap === 0) return 'write';
    return gap > 0 ? { silence: gap } : 'leave-out';
  }

  header(): readonly FileChunk[] {
    return [];
  }

  write({ audio }: Piece<Int16Array>): readonly FileChunk[] {
    return this.#append(new Uint8Array(audio.buffer, audio.byteOffset, audio.byteLength));
  }

  silence(samples: number): readonly FileChunk[] {
    return this.#append(SILENCE.subarray(0, samples * CHANNELS * 2));
  }

  flush(): readonly FileChunk[] {
    return [];
  }

  end(): readonly FileChunk[] {
    return [];
  }

  #append(bytes: Uint8Array): readonly FileChunk[] {
    this.#samples += bytes.length / CHANNELS / 2;
    return this.#file.chunks([bytes]);
  }
}
