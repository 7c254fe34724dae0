/** The ways from an input to sound. */
import type { ByteSource } from '../../bytes/byte-source.js';
import type { OpusHead } from '../../opus/head.js';
import type { OpusPart } from '../../opus/parts.js';
import type { PcmFormat } from '../../pcm/converter.js';

/** What is known of an input before it is read through. */
export interface RouteInfo {
  /** What the file is: `Ogg`, `WebM`, `MP4`, `WAV`, `PCM`, or what it looks like. */
  readonly container: string;
  /** In ms. */
  readonly duration: number | undefined;
  readonly channels: number | undefined;
  readonly sampleRate: number | undefined;
  /** By their names in upper case. */
  readonly tags: ReadonlyMap<string, string>;
  /** Why this way was chosen, in words. */
  readonly why: string;
}

/** The packets are passed as they are. */
export interface PassthroughRoute {
  readonly via: 'passthrough';
  readonly info: RouteInfo;
  readonly head: OpusHead;
  parts(): AsyncGenerator<OpusPart, undefined>;
}

/** The samples are converted here. */
export interface PcmRoute {
  readonly via: 'pcm';
  readonly info: RouteInfo;
  readonly format: PcmFormat;
  /** Stands at the first sample. */
  readonly source: ByteSource;
  /** Of the samples; Infinity: up to the end. */
  readonly bytes: number;
}

/** ffmpeg has to decode it. */
export interface FfmpegRoute {
  readonly via: 'ffmpeg';
  readonly info: RouteInfo;
  /** Stands at the start of the input. */
  readonly source: ByteSource;
  /** ffmpeg must be able to go back and forth in it: a pipe will not do. */
  readonly random: boolean;
}

/** One of them. */
export type Route = PassthroughRoute | PcmRoute | FfmpegRoute;

/** What is not known is left open. */
export function infoOf(container: string, why: string, known: Partial<RouteInfo> = {}): RouteInfo {
  return { container, why, duration: undefined, channels: undefined, sampleRate: undefined, tags: new Map(), ...known };
}

/** Said of Opus, wherever it is. */
export const AS_IT_IS = 'it holds Opus, which is passed as it is';
/** Said of the rest. */
export const decodedFrom = (codecs: readonly string[]): string =>
  codecs.length === 0 ? 'no audio track is found in it here' : `it holds ${codecs.join(', ')}, which has to be decoded`;
