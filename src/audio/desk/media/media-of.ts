/** What a track accepts as its source, and how it is read. */
import { VoiceOptionsError } from '../../../errors.js';
import { inWords } from '../../../checks/check.js';
import { holdBack } from '../../../edge.js';
import type { OpusDecoderFactory } from '../../opus/codec.js';
import { isRepeatable, type SourceInput } from '../../sources/input/input.js';
import { isSource, source, type SeekableSource, type StreamSource } from '../../sources/source.js';
import { iterableMedia, type SoundIterable } from './iterable-media.js';
import type { Media } from './media.js';
import { sourceMedia } from './source-media.js';

/**
 * What a track plays.
 *
 * - what `source()` returns or takes: a path, a URL, the bytes of a file, a function that gives one, a Node Readable, a web stream, a Response
 * - an iterable or async iterable of Opus packets, of PCM (Int16Array, 48 kHz stereo), or of the frames of `pcm()`. Pass a generator of the
 *   bytes of a file through `source()` first: here its chunks would be taken for packets
 */
export type TrackSource = SourceInput | SeekableSource | StreamSource | SoundIterable;

/** @throws VoiceOptionsError if it is not a source */
export function mediaOf(given: TrackSource, codec: OpusDecoderFactory | undefined): Media {
  holdBack(given);
  if (isSource(given)) return sourceMedia(given, codec);
  if (isRepeatable(given as SourceInput) || isByteStream(given)) return sourceMedia(source(given as SourceInput), codec);
  if (typeof given === 'object' && given !== null && (Symbol.asyncIterator in given || Symbol.iterator in given)) {
    return iterableMedia(given as SoundIterable);
  }
  throw new VoiceOptionsError(
    'source',
    'must be what source() takes or gives, or an (async) iterable of Opus packets or PCM, and is ' +
      `${inWords(given)}: of an Observable make an async iterable first`,
  );
}

/** A Response, a web stream, or a Node stream of bytes. A Node stream in object mode gives packets. */
function isByteStream(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  if ('bodyUsed' in given || 'getReader' in given) return true;
  return 'readableObjectMode' in given && given.readableObjectMode === false;
}
