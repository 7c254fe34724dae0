/** The options of a source. */
import type { SchedulerLike } from 'rxjs';
import { amount, count, fields, functionOf, listOf, must, oneOf, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import type { OpusEncoderFactory } from '../opus/codec.js';
import type { PcmFormat } from '../pcm/converter.js';
import { RATES } from '../pcm/resampler.js';
import { SAMPLE_BYTES } from '../pcm/samples.js';
import { filterCheck, type PcmFilter } from '../steps/step.js';

/** A damaged place in an input. Reading goes on after it. */
export interface SourceDamage {
  /**
   * - `unreadable-bytes`: invalid bytes; a pause takes their place
   * - `mended-byte`: one changed byte, repaired with the checksum of its page; nothing is lost
   * - `missing-pages`, `broken-packet`, `invalid-packet`: packets that are lost or not valid; a pause takes their place
   * - `impossible-time`: an impossible timestamp in the input; it is ignored
   * - `undecodable`: a packet that the codec refuses; it is concealed
   * - `decoder`: an error that ffmpeg reported and survived; `message` has its text
   */
  readonly reason:
    | 'unreadable-bytes'
    | 'mended-byte'
    | 'missing-pages'
    | 'broken-packet'
    | 'invalid-packet'
    | 'impossible-time'
    | 'undecodable'
    | 'decoder';
  /** Where, in bytes from the start of the input; undefined if that is not known. */
  readonly offset: number | undefined;
  /** How many bytes are lost; 0 if that is not known. */
  readonly bytes: number;
  readonly message?: string;
}

/** How to read an input; every field has a default. */
export interface SourceOptions {
  /** The format of PCM without a header. Default: the format is found from the first bytes. */
  readonly raw?: PcmFormat;
  /** Path of the ffmpeg to use. Default: `ffmpeg` on the PATH, else that of the package `ffmpeg-static` if it is installed. */
  readonly ffmpeg?: string;
  /**
   * Filters for the sound, in this order. With any, the input is decoded, filtered and encoded here: nothing is passed unchanged. When
   * playing from another position, they start anew there; `position` counts what is heard, faster or slower. Default none.
   */
  readonly filters?: readonly PcmFilter[];
  /** The bitrate of what has to be encoded, in bits per second, 6000 to 510 000. Opus is passed unchanged. Default 96 000. */
  readonly bitrate?: number;
  /** Makes the encoder for what has to be encoded, unless ffmpeg encodes it. Default `createOpusEncoder`. */
  readonly encoder?: OpusEncoderFactory;
  /**
   * `apply`: Opus with a gain in its header is decoded, amplified and encoded again, as RFC 7845 section 5.1 demands of players. Nearly
   * always there is no gain, and the packets are passed unchanged. `ignore`: they are always passed unchanged. Default `apply`.
   */
  readonly outputGain?: 'apply' | 'ignore';
  /** Called with each damaged place when it is read. It must not throw. Default none. */
  readonly onDamage?: (damage: SourceDamage) => void;
  /** URLs only: headers of the request, such as a User-Agent. Default none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** URLs only: the function that fetches them. Default the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** URLs only: how long to wait for a server that sends nothing, before it is a MediaSourceError. In ms; default 30 000. */
  readonly stallTimeout?: number;
  /** The clock for `stallTimeout`. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** The defaults of a source. */
export const DEFAULT_SOURCE_OPTIONS = { bitrate: 96_000, outputGain: 'apply', stallTimeout: 30_000 } as const satisfies SourceOptions;

const HEADERS = must('an object of texts', (value) => typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string'));

const { least, most } = RATES;
const RAW = fields(
  { sampleRate: count(`a whole number of Hz from ${least} to ${most}`, least, most), channels: oneOf([1, 2]), format: oneOf(Object.keys(SAMPLE_BYTES)) } satisfies Readonly<
    Record<keyof PcmFormat, Check>
  >,
  ['sampleRate', 'channels', 'format'],
);

/** The check of each option by itself. */
export const SOURCE = {
  raw: RAW,
  ffmpeg: must('the path of an ffmpeg', (value) => typeof value === 'string' && value !== ''),
  filters: listOf(filterCheck, 'filters', 0),
  bitrate: count('a whole number of bits a second from 6000 to 510000', 6_000, 510_000),
  encoder: functionOf('that makes an encoder'),
  outputGain: oneOf(['apply', 'ignore']),
  onDamage: functionOf('that is given each damaged place'),
  headers: HEADERS,
  fetch: functionOf('that fetches as the global one does'),
  stallTimeout: amount('a number of milliseconds, more than 0', Number.MIN_VALUE),
  scheduler: SCHEDULER,
} satisfies Readonly<Record<keyof SourceOptions, Check>>;
/** @throws VoiceOptionsError for invalid options */
export const checkSource = fields(SOURCE);
