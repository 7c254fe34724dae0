/** A WAV file that is written as the sound comes in: an hour of it takes no more memory than a second. */
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
   * @param source the file that is read meanwhile, and must not be written over
   * @param cure what to do where it cannot be written, at the end of the error's text
   * @throws CommandFailed when it cannot be opened, or would be written over a file that is no WAV
   */
  constructor(path: string, source: string, cure: string) {
    this.#path = path;
    this.#kind = { name: 'WAV', magic: 'RIFF', cure };
    this.#file = openOutput(path, this.#kind, source);
    this.#put(() => this.#writer.header());
    if (this.#failure !== undefined) throw this.close();
  }

  /** What cannot be written is told at the end: the sound goes on. */
  write(pcm: Int16Array): void {
    this.#put(() => this.#writer.write(pcm));
  }

  /** Gives the reason when not all of the sound is in the file. Once more does nothing more. */
  close(): CommandFailed | undefined {
    if (this.#closed) return this.#failure;
    this.#closed = true;
    this.#put(() => this.#writer.end());
    closeSync(this.#file);
    return this.#failure;
  }

  /** After a failure nothing more: the header that was written last counts what came before. */
  #put(made: () => readonly FileChunk[]): void {
    if (this.#failure !== undefined) return;
    try {
      for (const { bytes, position } of made()) writeAll(this.#file, bytes, position);
    } catch (error) {
      this.#failure = refusal(this.#path, this.#kind, error);
    }
  }
}

/** The system may take a part and give no reason; it does when it is asked for the rest. */
function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}
