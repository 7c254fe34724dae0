/** The file formats that ffmpeg encodes. */
import { FfmpegError } from '../errors.js';
import { findFfmpeg, type Ffmpeg } from './find.js';

/** The usual index must be written to the front of a file when it ends, which a pipe cannot do. So each fragment of a second has its own index. */
const FRAGMENTS = ['-movflags', '+empty_moov+delay_moov+default_base_moof', '-frag_duration', '1000000'];

const FORMATS = {
  mp3: { encoder: 'libmp3lame', container: ['-f', 'mp3'] },
  m4a: { encoder: 'aac', container: [...FRAGMENTS, '-f', 'ipod'] },
} as const;

/** `mp3`, or `m4a`: AAC in MP4. */
export type EncodedFormat = keyof typeof FORMATS;

const PCM = ['-f', 's16le', '-ar', '48000', '-ac', '2', '-i', 'pipe:0'];

/**
 * The arguments for encoding stereo PCM at 48 kHz. The output is written continuously: a file that breaks off is valid up to there.
 *
 * @param bitrate in bits per second
 */
export function encodeArguments(format: EncodedFormat, bitrate: number): string[] {
  const { encoder, container } = FORMATS[format];
  return ['-hide_banner', '-loglevel', 'error', ...PCM, '-c:a', encoder, '-b:a', String(bitrate), ...container, '-flush_packets', '1', 'pipe:1'];
}

/**
 * The ffmpeg that can make files of a format.
 *
 * @throws FfmpegError if there is none, or it was built without the encoder
 */
export async function ffmpegThatEncodes(format: EncodedFormat, path: string | undefined): Promise<Ffmpeg> {
  const { encoder } = FORMATS[format];
  const ffmpeg = await findFfmpeg(path);
  if (ffmpeg.encoders.has(encoder)) return ffmpeg;
  throw new FfmpegError(`${ffmpeg.path} makes no ${format} files, for it was built without ${encoder}: install another, or pass it as the option ffmpeg`);
}
