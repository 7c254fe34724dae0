/** Interprets the end of an ffmpeg run: its exit code, and the last lines of its output. */
import { FfmpegError, MediaFormatError, MediaSourceError } from '../../errors.js';
import { lastWords } from '../../ffmpeg/last-words.js';

/** How a run of ffmpeg ended. */
export interface FfmpegEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of its error output. */
  readonly stderr: string;
  /** Bytes of sound that it produced. */
  readonly bytes: number;
  /** Bytes of the input that were piped to it, if any. */
  readonly offset: number;
}

/** Problems of a file or a server: pattern, message, and whether to retry. */
const NO_INPUT: readonly (readonly [RegExp, string, boolean])[] = [
  [/No such file or directory/, 'there is no such file: check the path, which counts from the folder that the process runs in', false],
  [/Permission denied/, 'it may not be read: check its permissions', false],
  [/Is a directory/, 'it is a folder: pass a file in it', false],
  [/Server returned (4\d\d)/, 'the server refuses: check the address', false],
  [/Server returned 5|Connection refused|Failed to resolve|Network is unreachable/, 'the server cannot be reached: try again', true],
];
/** The input ended too early; ffmpeg itself reports success in this case. */
const CUT_OFF = /partial file|ends prematurely|Input\/output error|timed out|Connection reset|End of file$/m;

const NOT_MEDIA: readonly (readonly [RegExp, string])[] = [
  [/matches no streams|does not contain any stream/, 'it holds no audio'],
  [/moov atom not found/, 'it has no index (moov): it is cut off, or its recording was never ended'],
  [/Invalid data found/, 'it is no media that ffmpeg knows, or it is damaged. Fetch it again, or see whether ffplay plays it'],
];

/**
 * The error of a run; undefined if it succeeded. Errors that ffmpeg reported and survived are found by {@link lastWords}.
 *
 * @param secret a text that no message may contain: the address
 */
export function failureOf(end: FfmpegEnd, secret?: string): Error | undefined {
  const { code, signal, stderr, bytes, offset } = end;
  const said = lastWords(stderr, secret);
  const quote = said === '' ? '' : `. ffmpeg said: ${said}`;
  if (signal !== null) return new FfmpegError(`ffmpeg was ended by ${signal}${quote}`);
  const missing = NO_INPUT.find(([pattern]) => pattern.test(stderr));
  if (code !== 0 && missing !== undefined) return new MediaSourceError(`${missing[1]}${quote}`, { retryable: missing[2] });
  if (code !== 0 && /Unknown encoder|Unrecognized option|not found\.$/m.test(stderr)) {
    return new FfmpegError(`this ffmpeg cannot do what is needed of it: update it, or pass another as the option ffmpeg${quote}`);
  }
  if (CUT_OFF.test(stderr) && bytes > 0) {
    return new MediaFormatError(`this input is cut off: fetch it again, or make it anew. All before is given${quote}`, offset);
  }
  if (code === 0 && bytes > 0) return undefined;
  const why = NOT_MEDIA.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'there is nothing to hear in it';
  return new MediaFormatError(`ffmpeg cannot decode this input: ${why}${quote}`, offset);
}
