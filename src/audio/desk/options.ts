/** What may be said of a desk and of its tracks. */
import type { Observable } from 'rxjs';
import type { OpusDecoderFactory, OpusEncoderFactory } from '../opus/codec.js';
import type { PcmFilter } from '../steps/step.js';

/** How much, and how fast, a track makes room for others. */
export interface Ducking {
  /** How far down, in dB, 0 or more; Infinity: silent. Default 12. */
  readonly depth?: number;
  /** How long it takes to get there, in ms. Default 60. */
  readonly attack?: number;
  /** How long it takes to come back, in ms. Default 400. */
  readonly release?: number;
  /** While its last value is true, the track is ducked, whatever else plays: somebody in the channel speaks, say. Default never. */
  readonly by$?: Observable<boolean>;
}

/** How often a track is begun again; `endless`: always. */
export type LoopCount = number | 'endless';

/** How a track is to be played; every field has a default. Times are in ms, and places are counted from the start of the media. */
export interface TrackOptions {
  /** What commands and facts call it. Default `track-1`, `track-2` and so on. */
  readonly id?: string;
  /** A factor from 0 to 10; 1 leaves it as it is. Default 1. */
  readonly volume?: number;
  /** Its time goes on, unheard. Default false. */
  readonly muted?: boolean;
  /** It waits, where it is. Default false. */
  readonly paused?: boolean;
  /** How often it is begun again when it has come to its end. Default 0. */
  readonly loop?: LoopCount;
  /** Where it begins, also each time that it is begun again. Default the start; of a source, where that begins. */
  readonly start?: number;
  /** Where it ends. Default the end. */
  readonly end?: number;
  /** How long it takes to come in. Default 0. */
  readonly fadeIn?: number;
  /** How long it takes to go out, before its end and when it is removed. Default 0; a removed one takes 20 ms, so that nothing clicks. */
  readonly fadeOut?: number;
  /** What is done to it, in the order of the sound. While there are any, it is mixed. Default none. */
  readonly filters?: readonly PcmFilter[];
  /** While a track of higher priority is heard, those of lower ones are ducked. Default 0. */
  readonly priority?: number;
  /** How it is ducked; false: never. Default that of the desk. */
  readonly duck?: Ducking | false;
  /** The track that it comes after: it begins with the very sample behind that one's last. Default none: it begins at once. */
  readonly after?: string;
  /** How long both are heard: this one comes in while the one before it goes out. Only with `after`. Default 0. */
  readonly crossfade?: number;
}

/** How a desk works; every field has a default. */
export interface DeskOptions {
  /**
   * When there is no track: `wait` for one, in silence, as a source that has nothing to say; or `end` the play, once there was one.
   * Default `wait`.
   */
  readonly whenEmpty?: 'wait' | 'end';
  /** Of what is mixed, in bits a second, 6000 to 510 000. Default 96 000. */
  readonly bitrate?: number;
  /** Makes the encoder of what is mixed; its look-ahead must be that of libopus for audio, 312 samples. Default `createOpusEncoder`. */
  readonly encoder?: OpusEncoderFactory;
  /** What decodes Opus. Default `createOpusDecoder`. */
  readonly codec?: OpusDecoderFactory;
  /** How tracks are ducked that do not say it themselves. */
  readonly duck?: Ducking;
  /** Sound of each track that is read ahead of the clock, in ms, 60 or more. A track that fades out is read ahead as far as it fades. Default 500. */
  readonly readAhead?: number;
  /** How often a track tells its position, in ms of its own time. Default 1000. */
  readonly positionEvery?: number;
}

/** What a desk does unless told otherwise. */
export const DEFAULT_DESK_OPTIONS = {
  whenEmpty: 'wait',
  bitrate: 96_000,
  readAhead: 500,
  positionEvery: 1_000,
} as const satisfies DeskOptions;

/** How a track is ducked unless told otherwise: dB and ms. */
export const DEFAULT_DUCKING = { depth: 12, attack: 60, release: 400 } as const satisfies Ducking;
