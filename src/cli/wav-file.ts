/** A WAV file that is written as the sound comes in: an hour of it takes no more memory than a second. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { encodeWav } from '../audio/pcm/wav.js';

const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = 40;

export class WavFile {
  readonly #file: number;
  readonly #header = Buffer.from(encodeWav([]));
  #dataBytes = 0;

  /** @param path is overwritten. 48 kHz stereo */
  constructor(path: string) {
    this.#file = openSync(path, 'w');
    writeSync(this.#file, this.#header);
  }

  write(pcm: Int16Array): void {
    this.#dataBytes += writeSync(this.#file, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  }

  /** Writes the lengths, which are known only now. */
  close(): void {
    this.#header.writeUInt32LE(this.#header.length - 8 + this.#dataBytes, RIFF_SIZE_AT);
    this.#header.writeUInt32LE(this.#dataBytes, DATA_SIZE_AT);
    writeSync(this.#file, this.#header, 0, this.#header.length, 0);
    closeSync(this.#file);
  }
}
