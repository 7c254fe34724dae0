/** Whatever the user has, as Opus frames: what `play()` takes. */
import type { OpusFrame } from '../../types.js';
import { holdBack } from '../../edge.js';
import { described } from '../../frames/description.js';
import { describeSource } from './describe.js';
import { iterateFrames, type FrameIterator } from './frame-iterator.js';
import { isRepeatable, type RepeatableInput, type SourceInput, type StreamInput } from './input/input.js';
import { checkSource, type SourceOptions } from './options.js';
import { probe, probeReading, type MediaInfo } from './probe.js';
import { Reading } from './reading.js';

/** What both kinds of {@link source} have in common. */
export interface AnySource extends AsyncIterable<OpusFrame> {
  [Symbol.asyncIterator](): FrameIterator;
  /**
   * What it is, how long, and its tags; see {@link MediaInfo}. Of a stream it looks at the beginning, which is played all the same.
   *
   * @throws as iterating does
   */
  probe(): Promise<MediaInfo>;
}

/** A source that can be played again, and from any place. */
export interface SeekableSource extends AnySource {
  readonly seekable: true;
  /** Where it begins, in ms from the start of the media. */
  readonly start: number;
  /**
   * The same from another place on, in ms from the start of the media (not from `start`). Opus begins with the packet that holds the
   * place; what has to be decoded begins exactly there.
   *
   * @throws RangeError for a negative number, or none
   */
  from(ms: number): SeekableSource;
}

/** A source that is what it is: it is heard once, from where it is. */
export interface StreamSource extends AnySource {
  readonly seekable: false;
}

/**
 * Whatever there is to hear, as the Opus frames that `play()` takes. It looks at the bytes and chooses:
 *
 * - Opus in Ogg, WebM, Matroska or MP4, mono or stereo, is passed as it is: the very packets
 * - WAV and bare PCM (`raw`) of one or two channels and any rate is converted and encoded here
 * - everything else is decoded by the user's ffmpeg, one process a play; `ffmpeg`, `bitrate`
 * - with `filters`, whatever it is is decoded, filtered and encoded here
 *
 * Nothing is opened before the first frame is asked for, nothing is read further than the frame that is, and all of it, the process
 * included, is let go of with the play. Damage costs what is damaged: there is a pause in its place, and `onDamage` is told.
 *
 * ```ts
 * session.play(source('song.webm'));
 * session.play(source(new URL('https://example.org/talk.mp3')).from(90_000));
 * session.play(source(await fetch(url)));
 * ```
 *
 * @param input a path, URL, bytes or a function: a {@link SeekableSource}. A readable stream, Response or iterable of bytes: a
 *   {@link StreamSource}
 * @throws while iterating: MediaFormatError (no media, cut off, damaged beyond reading), MediaSourceError (no such file, the server
 *   refuses, breaks off or stalls), FfmpegError (it is needed and missing). Errors of a stream of the user's pass through as they are.
 * @throws VoiceOptionsError at once for an option that is none, or out of its range
 *
 * Source: RFC 7845 (Ogg), RFC 9559 (Matroska), ISO/IEC 14496-12 (MP4).
 */
export function source(input: RepeatableInput, options?: SourceOptions): SeekableSource;
export function source(input: StreamInput, options?: SourceOptions): StreamSource;
export function source(input: SourceInput, options?: SourceOptions): SeekableSource | StreamSource;
export function source(input: SourceInput, options: SourceOptions = {}): SeekableSource | StreamSource {
  checkSource('', options);
  holdBack(input);
  return isRepeatable(input) ? seekableSource(input, options, 0) : streamSource(input, options);
}

/** How each source is read, by who wants more of it than its packets. */
const readings = new WeakMap<AnySource, (from?: number) => Reading>();

/** Whether it is what `source()` gave. */
export function isSource(value: unknown): value is SeekableSource | StreamSource {
  return typeof value === 'object' && value !== null && readings.has(value as AnySource);
}

/**
 * One reading of a source, as iterating it begins one.
 *
 * @param from in ms from the start of the media; default its own start. A stream is read from where it is
 */
export function openSource(source: SeekableSource | StreamSource, from?: number): Reading {
  return readings.get(source)!(from);
}

function seekableSource(input: RepeatableInput, options: SourceOptions, start: number): SeekableSource {
  const open = (from = start): Reading => new Reading(input, options, from);
  const source: SeekableSource = {
    seekable: true,
    start,
    from: (ms) => {
      if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) throw new RangeError(`a place in a source is 0 or more milliseconds, and not ${ms}`);
      return seekableSource(input, options, ms);
    },
    probe: () => probe(input, options),
    [Symbol.asyncIterator]: () => iterateFrames(open()),
  };
  readings.set(source, open);
  return described(source, describeSource(input, options, start));
}

function streamSource(input: StreamInput, options: SourceOptions): StreamSource {
  // What was read to look at it is played first.
  let probed: Reading | undefined;
  const open = (): Reading => {
    const reading = probed ?? new Reading(input, options);
    probed = undefined;
    return reading;
  };
  const source: StreamSource = {
    seekable: false,
    probe: () => probeReading((probed ??= new Reading(input, options)), options),
    [Symbol.asyncIterator]: () => iterateFrames(open()),
  };
  readings.set(source, open);
  return source;
}
