/** Tells what an input is, and how it would be played. */
import { lastGranule, oggContents } from '../ogg/contents.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { describeWithFfmpeg } from './ffmpeg/describe.js';
import { directInput, ffmpegFor } from './ffmpeg/decode.js';
import type { LoudnessGains } from '../steps/loudness/gains.js';
import { loudnessGains } from './gain.js';
import type { SourceInput } from './input/input.js';
import { checkSource, type SourceOptions } from './options.js';
import { Reading } from './reading.js';
import type { FfmpegRoute, PassthroughRoute, RouteInfo } from './route/route.js';

/** Describes an input. */
export interface MediaInfo {
  /** `passthrough`: its Opus is passed unchanged; `pcm`: it is PCM, or is decoded, and is encoded here; `ffmpeg`: ffmpeg decodes it. */
  readonly via: 'passthrough' | 'pcm' | 'ffmpeg';
  /** The reason, as text. */
  readonly why: string;
  /** `Ogg`, `WebM`, `MP4`, `WAV`, `PCM`, or what it looks like. */
  readonly container: string;
  /** `opus`, `pcm`, or ffmpeg's name for it. */
  readonly codec: string;
  /** Length of the sound, in ms; undefined if the input does not tell, such as a live stream. */
  readonly duration: number | undefined;
  readonly channels: number | undefined;
  /** Samples a second; Opus is always played at 48 000. */
  readonly sampleRate: number | undefined;
  /** Title, artist and the like, by their names in upper case. */
  readonly tags: ReadonlyMap<string, string>;
  /** Gain in dB that the header of an Opus stream asks for, which `source()` applies by default; 0 for other inputs. */
  readonly outputGain: number;
  /** Gains that its tags ask for; they are not applied by default. */
  readonly loudness: LoudnessGains;
}

/** Bytes at the end of an Ogg file that contain its last page: a page has at most 65 307. */
const TAIL_BYTES = 131_072;
/** How many bytes of an input that cannot be opened again are shown to ffmpeg. */
const SHOWN_BYTES = 1_048_576;

/**
 * Looks at an input, and tells what it is and how `source()` would play it. ffmpeg describes what has to be decoded. Probing a stream
 * uses up its beginning: to probe and then play it, use `source(stream).probe()`.
 *
 * @throws MediaFormatError, MediaSourceError or FfmpegError, as `source()` does; VoiceOptionsError for invalid options
 */
export async function probe(input: SourceInput, options: SourceOptions = {}): Promise<MediaInfo> {
  checkSource('', options);
  const reading = new Reading(input, options);
  try {
    return await probeReading(reading, options);
  } finally {
    await reading.release();
  }
}

/** The same for an open input; a stream can still be played afterwards. */
export async function probeReading(reading: Reading, options: SourceOptions): Promise<MediaInfo> {
  const info = await described(reading, options);
  const { filters = [] } = options;
  if (filters.length === 0) return info;
  if (info.via === 'passthrough') return { ...info, via: 'pcm', why: 'it holds Opus, which is decoded here for the filters, and encoded anew' };
  return { ...info, why: `${info.why}; it is filtered here` };
}

async function described(reading: Reading, options: SourceOptions): Promise<MediaInfo> {
  const route = await reading.route();
  const { via, info } = route;
  if (via === 'pcm') return mediaInfo(via, info, { codec: 'pcm' });
  if (via === 'ffmpeg') return mediaInfo(via, info, await describe(route, reading, options));
  const duration = info.duration ?? (info.container === 'Ogg' ? await oggDuration(reading, route) : undefined);
  return mediaInfo(via, info, { codec: 'opus', duration, outputGain: route.head.outputGain });
}

function mediaInfo(via: MediaInfo['via'], info: RouteInfo, found: Partial<MediaInfo> & { readonly codec: string }): MediaInfo {
  const { container, why } = info;
  const tags = new Map([...info.tags, ...(found.tags ?? [])]);
  return {
    via,
    why,
    container,
    codec: found.codec,
    duration: found.duration ?? info.duration,
    channels: found.channels ?? info.channels,
    sampleRate: found.sampleRate ?? info.sampleRate,
    tags,
    outputGain: found.outputGain ?? 0,
    loudness: loudnessGains(tags),
  };
}

async function describe(route: FfmpegRoute, { input }: Reading, options: SourceOptions): Promise<Partial<MediaInfo> & { codec: string }> {
  const ffmpeg = await ffmpegFor(route, options);
  const direct = directInput(route, input, options, 0);
  const start = direct === undefined ? await route.source.peek(SHOWN_BYTES) : undefined;
  const { codec = 'unknown', ...rest } = await describeWithFfmpeg(ffmpeg, direct ?? { kind: 'pipe' }, start);
  return { codec, ...rest };
}

/** Computed from the last page. Not for chained streams, where each link starts again, nor if the length of the input is unknown. */
async function oggDuration({ input }: Reading, { head }: PassthroughRoute): Promise<number | undefined> {
  const size = await input.size();
  if (size === undefined) return undefined;
  const { serial } = oggContents(await input.slice(0, Math.min(size, TAIL_BYTES)));
  const granule = serial === undefined ? undefined : lastGranule(await input.slice(Math.max(0, size - TAIL_BYTES), size), serial);
  return granule === undefined ? undefined : Math.max(0, Number(granule) - head.preSkip) / SAMPLES_PER_MS;
}
