/** A WAV file that is written while the sound arrives: memory does not grow with its length. */
import { closeSync, writeSync } from 'node:fs';
import { WavWriter, type FileChunk } from '../../audio/pcm/wav-writer.js';
import type { CommandFailed } from '../command.js';
import { openOutput, refusal, type OutputKind } from './output-file.js';

export class WavFile {
  readonly #path: string;
  readonly #kind: OutputKind;
  readonly #file: number;
  readonly #writer = new WavWriter();
  #failure: CommandFailed | undefined;
  #closed = false;

  /**
   * 48 kHz stereo.
   *
   * @param source the file that is read meanwhile, and must not be overwritten
   * @param cure what the user can do if it cannot be written, at the end of the error's message
   * @throws CommandFailed if it cannot be opened, or would overwrite a file that is not WAV
   */
  constructor(path: string, source: string, cure: string) {
    this.#path = path;
    this.#kind = { name: 'WAV', magic: 'RIFF', cure };
    this.#file = openOutput(path, this.#kind, source);
    this.#put(() => this.#writer.header());
    if (this.#failure !== undefined) throw this.close();
  }

  /** A failed write is reported by `close`: the sound continues. */
  write(pcm: Int16Array): void {
    this.#put(() => this.#writer.write(pcm));
  }

  /** Returns the reason if the file does not have all the sound. Further calls only return it again. */
  close(): CommandFailed | undefined {
    if (this.#closed) return this.#failure;
    this.#closed = true;
    this.#put(() => this.#writer.end());
    closeSync(this.#file);
    return this.#failure;
  }

  /** Writes nothing after a failure: the last written header counts only the sound before it. */
  #put(made: () => readonly FileChunk[]): void {
    if (this.#failure !== undefined) return;
    try {
      for (const { bytes, position } of made()) writeAll(this.#file, bytes, position);
    } catch (error) {
      this.#failure = refusal(this.#path, this.#kind, error);
    }
  }
}

/** The system may write only a part without an error; then writing the rest returns the reason. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}
