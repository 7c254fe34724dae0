/** One ffmpeg process that encodes. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { FfmpegError } from '../errors.js';
import { lastWords, withMore } from './last-words.js';

/**
 * PCM in, a file out, both through pipes, whose size limits how far it lags behind. If this process dies, its input ends, and so does ffmpeg.
 *
 * Its output must be read to the end, or the process killed.
 */
export class FfmpegEncoding {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #stderr = '';

  constructor(path: string, args: readonly string[]) {
    this.#child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    this.#ended = this.#judged(path);
    // Nobody may be awaiting it when it rejects.
    this.#ended.catch(() => undefined);
    // This happens if the system has no more pipes; the error event has the details.
    if ((this.#child.stdin as Writable | undefined) === undefined) {
      throw new FfmpegError(`${path} cannot be started: this process has as many files open as it may (ulimit -n)`);
    }
    // ffmpeg closes the pipe when it dies; its exit tells why.
    this.#stdin.on('error', () => undefined);
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = withMore(this.#stderr, text);
    });
  }

  /** The encoded file, in order. */
  get output(): AsyncIterable<Uint8Array> {
    return this.#child.stdout as Readable;
  }

  /** Resolves when ffmpeg has ended successfully; otherwise rejects with an FfmpegError that contains its last words. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Signed 16-bit PCM at 48 kHz, left and right interleaved. Resolves when it accepts more; rejects when ffmpeg is gone. */
  write(pcm: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stdin.write(pcm, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Ends the input. */
  end(): void {
    this.#stdin.end();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  get #stdin(): Writable {
    return this.#child.stdin!;
  }

  #judged(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#child.once('error', (error) => reject(new FfmpegError(`${path} cannot be started: check the option ffmpeg`, { cause: error })));
      this.#child.once('close', (code, signal) => {
        const said = lastWords(this.#stderr);
        const quote = said === '' ? '' : `. ffmpeg said: ${said}`;
        if (signal !== null) reject(new FfmpegError(`ffmpeg was ended by ${signal}${quote}`));
        else if (code !== 0) reject(new FfmpegError(`ffmpeg failed to encode (exit ${code})${quote}`));
        else resolve();
      });
    });
  }
}
