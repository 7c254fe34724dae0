/** The options of a desk and of its tracks. */
import type { Observable } from 'rxjs';
import type { OpusDecoderFactory, OpusEncoderFactory } from '../opus/codec.js';
import type { PcmFilter } from '../steps/step.js';

/** How much, and how fast, a track gets quieter for others. */
export interface Ducking {
  /** The attenuation in dB, 0 or more; Infinity: silent. Default 12. */
  readonly depth?: number;
  /** How long it takes to get quieter, in ms. Default 60. */
  readonly attack?: number;
  /** How long it takes to get loud again, in ms. Default 400. */
  readonly release?: number;
  /** While its last value is true, the track is ducked, whatever else plays; for example, while somebody in the channel speaks. Default never. */
  readonly by$?: Observable<boolean>;
}

/** How often a track is repeated; `endless`: without end. */
export type LoopCount = number | 'endless';

/** How a track is played; every field has a default. Times are in ms, and positions are counted from the start of the media. */
export interface TrackOptions {
  /** Its name in commands and facts. Default `track-1`, `track-2` and so on. */
  readonly id?: string;
  /** A factor from 0 to 10; 1 leaves it unchanged. Default 1. */
  readonly volume?: number;
  /** It plays on, unheard. Default false. */
  readonly muted?: boolean;
  /** It waits at its position. Default false. */
  readonly paused?: boolean;
  /** How often it is repeated after its first end. Default 0. */
  readonly loop?: LoopCount;
  /** Where it begins, also at each repetition. Default the start of the media; for a source, its own start. */
  readonly start?: number;
  /** Where it ends. Default the end. */
  readonly end?: number;
  /** How long it fades in. Default 0. */
  readonly fadeIn?: number;
  /** How long it fades out, before its end and when it is removed. Default 0; a removed track takes 20 ms, so that it does not click. */
  readonly fadeOut?: number;
  /** Filters, in the order in which they are applied. While there are any, the track is mixed. Default none. */
  readonly filters?: readonly PcmFilter[];
  /** While a track of higher priority is heard, those of lower ones are ducked. Default 0. */
  readonly priority?: number;
  /** How it is ducked; false: never. Default that of the desk. */
  readonly duck?: Ducking | false;
  /** The track that it follows: it begins with the sample directly after that track's last. Default none: it begins at once. */
  readonly after?: string;
  /** How long both are heard: this track fades in while the one before it fades out. Only with `after`. Default 0. */
  readonly crossfade?: number;
}

/** How a desk works; every field has a default. */
export interface DeskOptions {
  /**
   * When there is no track: `wait` for one, in silence, like a source that has no data yet; or `end` the play, once a track was added.
   * Default `wait`.
   */
  readonly whenEmpty?: 'wait' | 'end';
  /** Bit rate of the mixture, in bits a second, 6000 to 510 000. Default 96 000. */
  readonly bitrate?: number;
  /** Makes the encoder of the mixture; its look-ahead must be that of libopus for audio, 312 samples. Default `createOpusEncoder`. */
  readonly encoder?: OpusEncoderFactory;
  /** Makes the decoder of Opus packets. Default `createOpusDecoder`. */
  readonly codec?: OpusDecoderFactory;
  /** How tracks are ducked that do not set `duck` themselves. */
  readonly duck?: Ducking;
  /** How far each track is read ahead of the clock, in ms, 60 or more. A track that fades out is read further, by its fade. Default 500. */
  readonly readAhead?: number;
  /** How often a track tells its position, in ms of its own time. Default 1000. */
  readonly positionEvery?: number;
}

/** The defaults of a desk. */
export const DEFAULT_DESK_OPTIONS = {
  whenEmpty: 'wait',
  bitrate: 96_000,
  readAhead: 500,
  positionEvery: 1_000,
} as const satisfies DeskOptions;

/** The defaults of ducking, in dB and ms. */
export const DEFAULT_DUCKING = { depth: 12, attack: 60, release: 400 } as const satisfies Ducking;
