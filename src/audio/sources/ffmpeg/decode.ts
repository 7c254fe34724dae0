/** Decodes an input with ffmpeg. */
import { ByteSource, type ByteInput } from '../../bytes/byte-source.js';
import { FfmpegError } from '../../errors.js';
import type { OpenedInput } from '../input/opened-input.js';
import { DEFAULT_SOURCE_OPTIONS, type SourceOptions } from '../options.js';
import type { FfmpegRoute } from '../route/route.js';
import { playArguments, type FfmpegInput, type FfmpegOutput } from './arguments.js';
import { findFfmpeg, type Ffmpeg } from '../../ffmpeg/find.js';
import { ffmpegBytes } from './run.js';
import { spool, type Spool } from './spool.js';

/** Finds the ffmpeg for an input; if it is missing, the error tells which input needs it. */
export async function ffmpegFor({ info }: FfmpegRoute, options: SourceOptions): Promise<Ffmpeg> {
  try {
    return await findFfmpeg(options.ffmpeg);
  } catch (error) {
    if (!(error instanceof FfmpegError)) throw error;
    throw new FfmpegError(`${error.message} (this input: ${info.container}; ${info.why})`, { cause: error });
  }
}

/** What ffmpeg can open by itself; undefined if the input must be piped to it. */
export function directInput(route: FfmpegRoute, input: OpenedInput, options: SourceOptions, at: number): FfmpegInput | undefined {
  const { resolved } = input;
  if (resolved.kind === 'path') return { kind: 'path', path: resolved.path };
  // Headers may contain keys, and all users of the machine can see the arguments of a process.
  const ours = options.fetch !== undefined || options.headers !== undefined;
  if (resolved.kind !== 'url' || ours || !(route.random || at > 0)) return undefined;
  return { kind: 'url', url: resolved.url, stallTimeout: options.stallTimeout ?? DEFAULT_SOURCE_OPTIONS.stallTimeout };
}

/** The output of ffmpeg for an input, as a byte source: one process, which ends with its source. */
export class FfmpegDecoding {
  readonly #input: OpenedInput;
  readonly #options: SourceOptions;
  #output: ByteSource | undefined;
  #spool: Spool | undefined;
  #released = false;

  constructor(input: OpenedInput, options: SourceOptions) {
    this.#input = input;
    this.#options = options;
  }

  /** Starts at `at` ms of the sound. */
  async open(ffmpeg: Ffmpeg, route: FfmpegRoute, output: FfmpegOutput, at: number): Promise<ByteSource> {
    let input = directInput(route, this.#input, this.#options, at);
    if (input !== undefined) await this.#input.release();
    else if (route.random) {
      this.#spool = await spool(route.source);
      input = { kind: 'path', path: this.#spool.path };
    }
    this.#output = new ByteSource(this.#run(ffmpeg, route, input ?? { kind: 'pipe' }, output, at));
    if (this.#released) await this.release();
    return this.#output;
  }

  async release(): Promise<void> {
    this.#released = true;
    await this.#output?.release();
    await this.#spool?.remove();
  }

  #run(ffmpeg: Ffmpeg, { source }: FfmpegRoute, input: FfmpegInput, output: FfmpegOutput, at: number): ByteInput {
    const { onDamage } = this.#options;
    return ffmpegBytes({
      path: ffmpeg.path,
      arguments: playArguments(input, output, at),
      stdin: input.kind === 'pipe' ? source : undefined,
      secret: input.kind === 'url' ? input.url.href : undefined,
      onComplaint: (message) => onDamage?.({ reason: 'decoder', offset: undefined, bytes: 0, message }),
    });
  }
}
