/** One ffmpeg process that encodes. */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { FfmpegError } from '../errors.js';
import { lastWords, withMore } from './last-words.js';

/**
 * PCM in, a file out, both through pipes: it is as far behind as they are long. When we are gone its input ends, and so does it.
 *
 * What it makes must be read to the end, or the process killed.
 */
export class FfmpegEncoding {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #stderr = '';

  constructor(path: string, args: readonly string[]) {
    this.#child = spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    this.#ended = this.#judged(path);
    // Nobody may be waiting for it when it fails.
    this.#ended.catch(() => undefined);
    // So it is where the system has no more pipes to give; what it says comes as the event.
    if ((this.#child.stdin as Writable | undefined) === undefined) {
      throw new FfmpegError(`${path} cannot be started: this process has as many files open as it may (ulimit -n)`);
    }
    // It closes its end when it dies: that is told by its exit.
    this.#stdin.on('error', () => undefined);
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = withMore(this.#stderr, text);
    });
  }

  /** What it makes, in order. */
  get output(): AsyncIterable<Uint8Array> {
    return this.#child.stdout as Readable;
  }

  /** Resolves when it has ended well; rejects with an FfmpegError, which has its last words, when it has not. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Signed 16-bit PCM at 48 kHz, left and right interleaved. Resolves when it may be given more; rejects when it is no longer there. */
  write(pcm: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stdin.write(pcm, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Nothing more comes. */
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
