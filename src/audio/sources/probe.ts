/** Says what an input is, and how it would be played. */
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

/** What an input is. */
export interface MediaInfo {
  /** `passthrough`: its Opus is passed as it is; `pcm`: it is PCM, or decoded, and encoded here; `ffmpeg`: ffmpeg decodes it. */
  readonly via: 'passthrough' | 'pcm' | 'ffmpeg';
  /** Why, in words. */
  readonly why: string;
  /** `Ogg`, `WebM`, `MP4`, `WAV`, `PCM`, or what it looks like. */
  readonly container: string;
  /** `opus`, `pcm`, or as ffmpeg calls it. */
  readonly codec: string;
  /** Of the sound, in ms; undefined where the input does not say, as a live stream does not. */
  readonly duration: number | undefined;
  readonly channels: number | undefined;
  /** Samples a second; Opus is always played at 48 000. */
  readonly sampleRate: number | undefined;
  /** Title, artist and the like, by their names in upper case. */
  readonly tags: ReadonlyMap<string, string>;
  /** Gain in dB that the header of an Opus stream asks for, which `source()` applies unless told otherwise; 0 elsewhere. */
  readonly outputGain: number;
  /** Gains that its tags ask for; nothing applies them by itself. */
  readonly loudness: LoudnessGains;
}

/** Bytes at the end of an Ogg file among which its last page is: it has 65 307 at most. */
const TAIL_BYTES = 131_072;
/** Of an input that cannot be opened again, ffmpeg is shown so much. */
const SHOWN_BYTES = 1_048_576;

/**
 * Looks at an input, and says what it is and how `source()` would play it. What has to be decoded is described by ffmpeg. Of a stream, the
 * beginning is used up by it: to probe and then play one, use `source(stream).probe()`.
 *
 * @throws MediaFormatError, MediaSourceError or FfmpegError, as `source()` does; VoiceOptionsError for options that are none
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

/** The same of an input that is open; a stream can be read on afterwards. */
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

/** By the time of the last page. Not of a chain, whose links each begin anew, and not where the length of the input is not known. */
async function oggDuration({ input }: Reading, { head }: PassthroughRoute): Promise<number | undefined> {
  const size = await input.size();
  if (size === undefined) return undefined;
  const { serial } = oggContents(await input.slice(0, Math.min(size, TAIL_BYTES)));
  const granule = serial === undefined ? undefined : lastGranule(await input.slice(Math.max(0, size - TAIL_BYTES), size), serial);
  return granule === undefined ? undefined : Math.max(0, Number(granule) - head.preSkip) / SAMPLES_PER_MS;
}
