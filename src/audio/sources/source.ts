/** Any input of the user, as Opus frames for `play()`. */
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
   * What it is, its length and its tags; see {@link MediaInfo}. A stream can still be played from its beginning afterwards.
   *
   * @throws as iterating does
   */
  probe(): Promise<MediaInfo>;
}

/** A source that can be played again, and from any position. */
export interface SeekableSource extends AnySource {
  readonly seekable: true;
  /** Where it begins, in ms from the start of the media. */
  readonly start: number;
  /**
   * The same source from another position, in ms from the start of the media (not from `start`). Opus begins with the packet that contains
   * the position; what has to be decoded begins exactly there.
   *
   * @throws RangeError for a negative number, or something that is not a number
   */
  from(ms: number): SeekableSource;
}

/** A source that can be played once, from where it is. */
export interface StreamSource extends AnySource {
  readonly seekable: false;
}

/**
 * Makes the Opus frames that `play()` takes from any sound. The first bytes of the input decide how:
 *
 * - Opus in Ogg, WebM, Matroska or MP4, mono or stereo: the packets are passed unchanged
 * - WAV and raw PCM (`raw`) of one or two channels and any rate: converted and encoded here
 * - everything else: decoded by the user's ffmpeg, one process for each play; see `ffmpeg`, `bitrate`
 * - with `filters`, any input is decoded, filtered and encoded here
 *
 * Nothing is opened before the first frame is asked for, reading stays close to the frame that is due, and everything, including the
 * process, is closed with the play. Only what is damaged is lost: a pause takes its place, and `onDamage` is called.
 *
 * ```ts
 * session.play(source('song.webm'));
 * session.play(source(new URL('https://example.org/talk.mp3')).from(90_000));
 * session.play(source(await fetch(url)));
 * ```
 *
 * @param input a path, URL, bytes or a function: a {@link SeekableSource}. A readable stream, Response or iterable of bytes: a
 *   {@link StreamSource}
 * @throws while iterating: MediaFormatError (no sound, cut off, too damaged to read), MediaSourceError (no such file, the server
 *   refuses, breaks off or stalls), FfmpegError (ffmpeg is needed and missing). Errors of the user's own stream are passed on unchanged.
 * @throws VoiceOptionsError at once for an unknown option, or one that is out of range
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

/** How to open each source, for callers that need more than its packets. */
const readings = new WeakMap<AnySource, (from?: number) => Reading>();

/** Whether it was made by `source()`. */
export function isSource(value: unknown): value is SeekableSource | StreamSource {
  return typeof value === 'object' && value !== null && readings.has(value as AnySource);
}

/**
 * Opens one reading of a source, as iterating it does.
 *
 * @param from in ms from the start of the media; default its own start. Ignored for a stream
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
  // The reading that probed a stream is also the one that plays it.
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
