/** A WAV file that is written as the sound comes in: an hour of it takes no more memory than a second. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { WavWriter, type FileChunk } from '../audio/pcm/wav-writer.js';

export class WavFile {
  readonly #file: number;
  readonly #writer = new WavWriter();

  /** @param path is overwritten. 48 kHz stereo */
  constructor(path: string) {
    this.#file = openSync(path, 'w');
    this.#put(this.#writer.header());
  }

  write(pcm: Int16Array): void {
    this.#put(this.#writer.write(pcm));
  }

  close(): void {
    this.#put(this.#writer.end());
    closeSync(this.#file);
  }

  #put(chunks: readonly FileChunk[]): void {
    for (const { bytes, position } of chunks) writeSync(this.#file, bytes, 0, bytes.length, position);
  }
}
