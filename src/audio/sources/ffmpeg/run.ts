/** One ffmpeg process, as a byte source. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteInput, ByteSource } from '../../bytes/byte-source.js';
import { FfmpegError } from '../../errors.js';
import { lastWords, withMore } from '../../ffmpeg/last-words.js';
import { failureOf } from './failure.js';

/** What to run. */
export interface FfmpegRunOptions {
  readonly path: string;
  readonly arguments: readonly string[];
  /** The input that is piped to it; it is released with the process. */
  readonly stdin?: ByteSource | undefined;
  /** A text that no error may contain: the address of the input. */
  readonly secret?: string | undefined;
  /** Called with errors that ffmpeg reported and survived. */
  readonly onComplaint: (message: string) => void;
}

/**
 * The output of ffmpeg. The process starts with the first read, and can be ahead by the size of the pipe: 64 KB. Releasing it kills the
 * process. If this process dies, ffmpeg ends by itself, because nothing reads its output any more.
 */
export function ffmpegBytes(options: FfmpegRunOptions): ByteInput {
  const run = new FfmpegRun(options);
  return { [Symbol.asyncIterator]: () => run.bytes(), destroy: () => run.kill() } as ByteInput;
}

class FfmpegRun {
  readonly #options: FfmpegRunOptions;
  #child: ChildProcess | undefined;
  #killed = false;
  #stderr = '';
  #bytes = 0;
  /** The error of the input, which failed before ffmpeg did. */
  #inputError: { readonly error: unknown } | undefined;

  constructor(options: FfmpegRunOptions) {
    this.#options = options;
  }

  kill(): void {
    this.#killed = true;
    this.#child?.kill('SIGKILL');
    void this.#options.stdin?.release();
  }

  async *bytes(): AsyncGenerator<Uint8Array, void> {
    if (this.#killed) return;
    const { path, stdin } = this.#options;
    const child = spawn(path, this.#options.arguments, {
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#child = child;
    const ended = this.#end(child);
    // Nobody may be awaiting it when it rejects.
    ended.catch(() => undefined);
    try {
      if (stdin !== undefined) void this.#feed(child.stdin!, stdin);
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        this.#stderr = withMore(this.#stderr, text);
      });
      for await (const chunk of child.stdout as Readable) {
        this.#bytes += (chunk as Uint8Array).length;
        yield chunk as Uint8Array;
      }
      const { code, signal } = await ended;
      this.#judge(code, signal);
    } finally {
      this.kill();
    }
  }

  async #end(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
    try {
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
      return { code, signal };
    } catch (error) {
      throw new FfmpegError(`${this.#options.path} cannot be started: check the option ffmpeg`, { cause: error });
    }
  }

  #judge(code: number | null, signal: string | null): void {
    if (this.#killed) return;
    if (this.#inputError !== undefined) throw this.#inputError.error;
    const { secret, stdin } = this.#options;
    const end = { code, signal, stderr: this.#stderr, bytes: this.#bytes, offset: stdin?.bytesRead ?? 0 };
    const failure = failureOf(end, secret);
    if (failure !== undefined) throw failure;
    const complaint = lastWords(this.#stderr, secret);
    if (complaint !== '') this.#options.onComplaint(complaint);
  }

  /** Pipes the input to ffmpeg, piece by piece. ffmpeg closes the pipe when it has enough; its output shows whether it succeeded. */
  async #feed(stdin: Writable, source: ByteSource): Promise<void> {
    await pipeline(() => this.#pieces(source), stdin).catch(() => undefined);
  }

  async *#pieces(source: ByteSource): AsyncGenerator<Uint8Array, void> {
    try {
      for (let piece = await source.read(); piece !== undefined; piece = await source.read()) yield piece.slice();
    } catch (error) {
      // ffmpeg first decodes what came before; then this error is thrown.
      this.#inputError = { error };
    }
  }
}
