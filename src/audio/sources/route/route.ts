/** The routes from an input to sound. */
import type { ByteSource } from '../../bytes/byte-source.js';
import type { OpusHead } from '../../opus/head.js';
import type { OpusPart } from '../../opus/parts.js';
import type { PcmFormat } from '../../pcm/converter.js';

/** What is known about an input before it is read completely. */
export interface RouteInfo {
  /** What the file is: `Ogg`, `WebM`, `MP4`, `WAV`, `PCM`, or what it looks like. */
  readonly container: string;
  /** In ms. */
  readonly duration: number | undefined;
  readonly channels: number | undefined;
  readonly sampleRate: number | undefined;
  /** By their names, in upper case. */
  readonly tags: ReadonlyMap<string, string>;
  /** Why this route was chosen, as text. */
  readonly why: string;
}

/** The packets are passed unchanged. */
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
  /** Positioned at the first sample. */
  readonly source: ByteSource;
  /** Bytes of the samples; Infinity: up to the end. */
  readonly bytes: number;
}

/** ffmpeg has to decode it. */
export interface FfmpegRoute {
  readonly via: 'ffmpeg';
  readonly info: RouteInfo;
  /** Positioned at the start of the input. */
  readonly source: ByteSource;
  /** Whether ffmpeg needs random access to it, so that a pipe does not work. */
  readonly random: boolean;
}

/** Any of the routes. */
export type Route = PassthroughRoute | PcmRoute | FfmpegRoute;

/** Unknown fields stay undefined. */
export function infoOf(container: string, why: string, known: Partial<RouteInfo> = {}): RouteInfo {
  return { container, why, duration: undefined, channels: undefined, sampleRate: undefined, tags: new Map(), ...known };
}

/** The reason for all containers with Opus. */
export const AS_IT_IS = 'it holds Opus, which is passed as it is';
/** The reason for everything else. */
export const decodedFrom = (codecs: readonly string[]): string =>
  codecs.length === 0 ? 'no audio track is found in it here' : `it holds ${codecs.join(', ')}, which has to be decoded`;
