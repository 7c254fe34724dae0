/** Looks at the first bytes of an input, and chooses how to turn it into sound. */
import type { ByteSource } from '../../bytes/byte-source.js';
import { id3Bytes } from '../../bytes/id3.js';
import { foreignFormat, hasMagic } from '../../bytes/media-sniff.js';
import { MediaFormatError } from '../../errors.js';
import type { OpenedInput } from '../input/opened-input.js';
import type { SourceOptions } from '../options.js';
import { mp4Route } from './mp4.js';
import { oggRoute } from './ogg.js';
import { infoOf, type Route } from './route.js';
import { wavRoute } from './wav.js';
import { webmRoute } from './webm.js';

/** How many bytes are needed to tell formats apart, including a playlist of segments. */
const START_BYTES = 1_024;
/** ID3 tags up to this length are buffered to see what follows. */
const MAX_ID3_BYTES = 16_777_216;
/** Box types with which MP4 files begin. */
const MP4_STARTS = ['ftyp', 'styp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide'];

/**
 * Opens an input and chooses its route.
 *
 * @throws MediaFormatError if it is empty, not media, or damaged in its header; and the error of opening it
 */
export async function chooseRoute(input: OpenedInput, options: SourceOptions): Promise<Route> {
  const source = await input.open();
  const { raw } = options;
  if (raw !== undefined) {
    const { channels, sampleRate } = raw;
    const info = infoOf('PCM', 'the option raw says what it is', { channels, sampleRate });
    return { via: 'pcm', info, format: raw, source, bytes: Number.POSITIVE_INFINITY };
  }
  const start = await source.peek(START_BYTES);
  if (start.length === 0) {
    throw new MediaFormatError('the input is empty: is the file, or the download, complete? A stream can be read only once', 0);
  }
  const tag = await oggBehindTag(source, start);
  if (tag !== undefined) return oggRoute(source, tag, options);
  if (hasMagic(start, '\x1aE\xdf\xa3')) return webmRoute(source, options);
  if (MP4_STARTS.some((box) => hasMagic(start, box, 4))) return mp4Route(source, input, options);
  if (hasMagic(start, 'RIFF') && hasMagic(start, 'WAVE', 8)) return wavRoute(source);
  return otherRoute(source, start, input);
}

/** The length of an ID3 tag before an Ogg stream, 0 if there is none; undefined if it is not an Ogg stream. */
async function oggBehindTag(source: ByteSource, start: Uint8Array): Promise<number | undefined> {
  const tag = id3Bytes(start);
  if (tag > MAX_ID3_BYTES) return undefined;
  const behind = tag === 0 ? start : (await source.peek(tag + START_BYTES)).subarray(tag);
  return hasMagic(behind, 'OggS') ? tag : undefined;
}

function otherRoute(source: ByteSource, start: Uint8Array, input: OpenedInput): Route {
  const foreign = foreignFormat(start);
  const isSegmentList = hasMagic(start, '#EXTM3U') && input.resolved.kind === 'url' && new TextDecoder().decode(start).includes('#EXT-X-');
  if (foreign !== undefined && !foreign.decodable && !isSegmentList) {
    throw new MediaFormatError(`this is no sound, it looks like ${foreign.name}. ${foreign.cure}`, start.length);
  }
  const container = isSegmentList ? 'a list of segments (HLS)' : (foreign?.name ?? 'a format that is not known here');
  return { via: 'ffmpeg', info: infoOf(container, `it is ${container}`), source, random: isSegmentList };
}
