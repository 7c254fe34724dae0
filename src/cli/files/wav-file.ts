/** A WAV file that is written as the sound comes in: an hour of it takes no more memory than a second. */
import { closeSync, writeSync } from 'node:fs';
import { encodeWav } from '../../audio/pcm/wav.js';
import type { CommandFailed } from '../command.js';
import { openOutput, refusal, type OutputKind } from './output-file.js';

const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = 40;

export class WavFile {
  readonly #path: string;
  readonly #kind: OutputKind;
  readonly #file: number;
  readonly #header = Buffer.from(encodeWav([]));
  #dataBytes = 0;
  #failure: CommandFailed | undefined;

  /**
   * 48 kHz stereo.
   *
   * @param source the file that is read meanwhile, and must not be written over
   * @param cure what to do where it cannot be written, at the end of the error's text
   * @throws CommandFailed when it cannot be opened, or would be written over a file that is no WAV
   */
  constructor(path: string, source: string, cure: string) {
    this.#path = path;
    this.#kind = { name: 'WAV', magic: 'RIFF', cure };
    this.#file = openOutput(path, this.#kind, source);
    this.#put(this.#header, null);
    if (this.#failure !== undefined) throw this.close();
  }

  /** What cannot be written is told at the end: the sound goes on. */
  write(pcm: Int16Array): void {
    this.#dataBytes += this.#put(Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength), null);
  }

  /** Writes the lengths, which are known only now. Gives the reason when not all of the sound is in the file. */
  close(): CommandFailed | undefined {
    this.#header.writeUInt32LE(this.#header.length - 8 + this.#dataBytes, RIFF_SIZE_AT);
    this.#header.writeUInt32LE(this.#dataBytes, DATA_SIZE_AT);
    this.#put(this.#header, 0);
    closeSync(this.#file);
    return this.#failure;
  }

  /** @param at where in the file; null for where the last one ended. Gives the bytes that were written */
  #put(bytes: Buffer, at: number | null): number {
    try {
      return writeSync(this.#file, bytes, 0, bytes.length, at);
    } catch (error) {
      this.#failure ??= refusal(this.#path, this.#kind, error);
      return 0;
    }
  }
}
