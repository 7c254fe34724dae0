/** Reads ffmpeg's description of an input. */
import { execFile } from 'node:child_process';
import type { Ffmpeg } from '../../ffmpeg/find.js';
import { describeArguments, type FfmpegInput } from './arguments.js';
import { failureOf } from './failure.js';

/** The description of an input. */
export interface FfmpegDescription {
  /** In ms; undefined if ffmpeg does not know, as for a live stream. */
  readonly duration: number | undefined;
  readonly codec: string | undefined;
  readonly channels: number | undefined;
  readonly sampleRate: number | undefined;
  /** By their names, in upper case. */
  readonly tags: ReadonlyMap<string, string>;
}

const ANSWER_MS = 30_000;
const MAX_ANSWER_BYTES = 1_048_576;
/** Channel layouts that have a name instead of `N channels`. */
const LAYOUTS: Readonly<Record<string, number>> = { mono: 1, stereo: 2 };

/**
 * Asks ffmpeg, without decoding anything.
 *
 * @param start the beginning of the input, if it is piped
 * @throws the error of the input or of ffmpeg
 */
export function describeWithFfmpeg(ffmpeg: Ffmpeg, input: FfmpegInput, start?: Uint8Array): Promise<FfmpegDescription> {
  return new Promise((resolve, reject) => {
    const options = { timeout: ANSWER_MS, maxBuffer: MAX_ANSWER_BYTES, windowsHide: true, killSignal: 'SIGKILL' } as const;
    const child = execFile(ffmpeg.path, describeArguments(input), options, (error, stdout, stderr) => {
      const tags = readMetadata(stdout);
      const described = readDescription(stderr, tags);
      if (described.codec !== undefined) return resolve(described);
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      const end = { code, signal: error?.signal ?? null, stderr, bytes: 0, offset: 0 };
      reject(failureOf(end, input.kind === 'url' ? input.url.href : undefined)!);
    });
    // ffmpeg closes its stdin when it knows enough.
    child.stdin?.on('error', () => undefined).end(start);
  });
}

/**
 * Parses the lines that ffmpeg prints about an input:
 *
 * ```
 *   Duration: 00:03:25.10, start: 0.025057, bitrate: 320 kb/s
 *   Stream #0:0(eng): Audio: mp3, 44100 Hz, stereo, fltp, 320 kb/s
 * ```
 */
export function readDescription(stderr: string, tags: ReadonlyMap<string, string>): FfmpegDescription {
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):(\d+(?:\.\d+)?)/.exec(stderr) ?? [];
  const [, codec, rest] = /Stream #0:\d+.*?: Audio: (\w+)(.*)/.exec(stderr) ?? [];
  const [, rate] = /(\d+) Hz/.exec(rest ?? '') ?? [];
  const [, layout] = /Hz, ([^,]+)/.exec(rest ?? '') ?? [];
  return {
    duration: hours === undefined ? undefined : Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000),
    codec,
    channels: layout === undefined ? undefined : channelsOf(layout.trim()),
    sampleRate: rate === undefined ? undefined : Number(rate),
    tags,
  };
}

/** `mono`, `stereo`, `5.1(side)`, `7.1`, `6 channels`. */
function channelsOf(layout: string): number | undefined {
  const numbers = /^(\d+)(?:\.(\d+))?/.exec(layout);
  return numbers === null ? LAYOUTS[layout] : Number(numbers[1]) + Number(numbers[2] ?? 0);
}

/** Parses lines of name=value; a backslash escapes `=`, `;`, `#`, itself and the end of a line. Source: ffmpeg-formats, "Metadata". */
export function readMetadata(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const line of text.split(/(?<!\\)\n/)) {
    const parts = /^((?:[^=\\]|\\[\s\S])+)=([\s\S]*)$/.exec(line);
    if (parts === null || line.startsWith(';') || line.startsWith('[')) continue;
    const [name, value] = [parts[1]!, parts[2]!].map((part) => part.replace(/\\([\s\S])/g, '$1'));
    tags.set(name!.toUpperCase(), value!);
  }
  return tags;
}
