/** A sink that takes PCM, encodes it with ffmpeg, and writes the result to another sink. */
import { FfmpegError } from '../errors.js';
import type { FfmpegEncoding } from '../ffmpeg/encoding.js';
import type { RecordingSink } from './sink.js';

/**
 * ```
 * write ─► ffmpeg ─► the file's sink
 * ```
 * It is as slow as the slower of the two. An error of the file's sink is passed on, and ends ffmpeg. If ffmpeg ends too early, the next
 * write fails with an FfmpegError.
 */
export class EncodedSink implements RecordingSink {
  readonly #encoding: FfmpegEncoding;
  readonly #file: RecordingSink;
  readonly #pumped: Promise<void>;
  #written = 0;
  #closed: Promise<void> | undefined;

  constructor(encoding: FfmpegEncoding, file: RecordingSink) {
    this.#encoding = encoding;
    this.#file = file;
    this.#pumped = this.#pump();
    // The error is reported by the next write, or by the close.
    this.#pumped.catch(() => undefined);
    if (file.path !== undefined) this.path = file.path;
  }

  readonly path?: string;

  get written(): number {
    return this.#written;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#encoding.write(bytes);
    } catch (error) {
      // ffmpeg is gone. The reason is known once all its output is in the file.
      await this.#pumped;
      throw new FfmpegError('ffmpeg ended before its input did', { cause: error });
    }
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#encoding.end();
    try {
      await this.#pumped;
    } finally {
      await this.#file.close();
    }
  }

  async #pump(): Promise<void> {
    try {
      for await (const bytes of this.#encoding.output) {
        await this.#file.write(bytes, this.#written);
        this.#written += bytes.length;
      }
    } catch (error) {
      this.#encoding.kill();
      throw error;
    }
    await this.#encoding.ended;
  }
}
