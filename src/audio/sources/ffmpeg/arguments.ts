/** The arguments of ffmpeg. */

/** Where ffmpeg reads. */
export type FfmpegInput =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'url'; readonly url: URL; readonly stallTimeout: number }
  | { readonly kind: 'pipe' };

/** What it produces: Opus in Ogg, or 16 bits at 48 kHz in WAV. */
export type FfmpegOutput = { readonly kind: 'opus'; readonly bitrate: number } | { readonly kind: 'pcm' };

const QUIET = ['-hide_banner', '-loglevel', 'error'];
/** The first audio track, and nothing else. */
const AUDIO_ONLY = ['-map', '0:a:0', '-vn', '-sn', '-dn'];
/**
 * More than two channels are mixed down to two. Mono stays mono: ffmpeg would make it stereo at -3 dB, while a mono file that is passed or
 * converted here is heard at full level on both sides.
 */
const MONO_OR_STEREO = ['-ar', '48000', '-af', 'aformat=channel_layouts=stereo|mono'];
/** One Ogg page per 100 ms (in µs), written at once, so that a play starts without a longer wait. */
const PAGES = ['-page_duration', '100000', '-flush_packets', '1'];
const US_PER_MS = 1000;

/**
 * The arguments for one play. They list what ffmpeg may open, so that a playlist in disguise cannot make it read other files or hosts.
 *
 * @param at where in the sound to begin, in ms. In a file or URL ffmpeg seeks; from a pipe it decodes and discards what comes before
 */
export function playArguments(input: FfmpegInput, output: FfmpegOutput, at: number): string[] {
  const seek = at > 0 ? ['-ss', (at / 1000).toFixed(3)] : [];
  const early = input.kind === 'pipe' ? [] : seek;
  const late = input.kind === 'pipe' ? seek : [];
  return [...QUIET, ...early, ...inputArguments(input), ...late, ...AUDIO_ONLY, ...MONO_OR_STEREO, ...outputArguments(output), 'pipe:1'];
}

/** The arguments that make ffmpeg describe an input: tags on stdout, the rest on stderr. */
export function describeArguments(input: FfmpegInput): string[] {
  return ['-hide_banner', '-loglevel', 'info', ...inputArguments(input), '-map', '0:a:0', '-c', 'copy', '-t', '0', '-f', 'ffmetadata', 'pipe:1'];
}

function inputArguments(input: FfmpegInput): string[] {
  switch (input.kind) {
    case 'path':
      // The prefix 'file:' makes sure that a name such as 'concat:a' or '-y' is taken as a file name.
      return ['-nostdin', '-protocol_whitelist', 'file', '-i', `file:${input.path}`];
    case 'url':
      return [
        '-nostdin',
        ...['-protocol_whitelist', 'http,https,httpproxy,tcp,tls,crypto,data'],
        ...['-rw_timeout', String(input.stallTimeout * US_PER_MS)],
        ...['-i', input.url.href],
      ];
    case 'pipe':
      return ['-protocol_whitelist', 'pipe', '-i', 'pipe:0'];
  }
}

function outputArguments(output: FfmpegOutput): string[] {
  return output.kind === 'opus'
    ? ['-c:a', 'libopus', '-b:a', String(output.bitrate), '-frame_duration', '20', ...PAGES, '-f', 'opus']
    : ['-c:a', 'pcm_s16le', '-f', 'wav'];
}
