/** Finds the user's ffmpeg, and determines its abilities once. */
import { execFile } from 'node:child_process';
import { FfmpegError } from '../errors.js';

/** An ffmpeg that works. */
export interface Ffmpeg {
  readonly path: string;
  /** Whether it encodes Opus itself; builds without libopus only decode. */
  readonly libopus: boolean;
  /** The names of its encoders. */
  readonly encoders: ReadonlySet<string>;
}

const MISSING =
  'ffmpeg is needed, and was not found. Install it (apt-get install ffmpeg, brew install ffmpeg, winget install ffmpeg) ' +
  'so that it is on the PATH; or add the package ffmpeg-static; or pass its path as the option ffmpeg';
/** An optional package that contains a binary; its type is widened so that no compiler resolves it. */
const PACKAGE: string = 'ffmpeg-static';
/** A timeout; ffmpeg needs a tenth of a second to list its encoders. */
const ANSWER_MS = 20_000;

const found = new Map<string, Promise<Ffmpeg>>();

/**
 * The ffmpeg at this path; without a path, the first of: `ffmpeg` on the PATH, that of the package `ffmpeg-static`. Each is asked once; one
 * that was missing is searched for again.
 *
 * @throws FfmpegError if there is none, or it does not run
 */
export function findFfmpeg(path?: string): Promise<Ffmpeg> {
  const key = path ?? '';
  let search = found.get(key);
  if (search === undefined) {
    search = path === undefined ? findAny() : ask(path);
    found.set(key, search);
    search.catch(() => found.delete(key));
  }
  return search;
}

async function findAny(): Promise<Ffmpeg> {
  try {
    return await ask('ffmpeg');
  } catch (error) {
    const packaged = await packagedPath();
    if (packaged === undefined) throw error;
    return ask(packaged);
  }
}

async function packagedPath(): Promise<string | undefined> {
  try {
    const { default: path } = (await import(PACKAGE)) as { readonly default?: unknown };
    return typeof path === 'string' ? path : undefined;
  } catch {
    // The package is not installed.
    return undefined;
  }
}

function ask(path: string): Promise<Ffmpeg> {
  return new Promise((resolve, reject) => {
    execFile(path, ['-hide_banner', '-encoders'], { timeout: ANSWER_MS, windowsHide: true }, (error, stdout) => {
      if (error === null) return resolve(ffmpegOf(path, stdout));
      const { code } = error;
      const missing = (code as unknown) === 'ENOENT' || (code as unknown) === 'EACCES';
      const why = path === 'ffmpeg' && missing ? MISSING : `${path} does not run as ffmpeg (${error.message.split('\n')[0]}): check the option ffmpeg`;
      reject(new FfmpegError(why, { cause: error }));
    });
  });
}

/**
 * ```
 *  A....D libmp3lame           libmp3lame MP3 (MPEG audio layer 3) (codec mp3)
 * ```
 */
function ffmpegOf(path: string, said: string): Ffmpeg {
  const encoders = new Set([...said.matchAll(/^ [VAS][A-Z.]{5} (\S+)/gm)].map(([, name]) => name!));
  return { path, encoders, libopus: encoders.has('libopus') };
}
