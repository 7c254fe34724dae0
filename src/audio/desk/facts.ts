/** The facts that a desk tells. */
import type { DeskCommand } from './commands.js';

/** The position of a track. */
export interface TrackPlace {
  readonly id: string;
  /** In ms from the start of its media. */
  readonly position: number;
  /** How much of it was heard so far, in ms: without pauses and stalls, and counting repeated parts each time. */
  readonly heard: number;
}

/**
 * Why a track is over: it reached its `end`, was `removed`, `failed`, or the play was `stopped`.
 */
export type TrackEnd = 'end' | 'removed' | 'failed' | 'stopped';

/**
 * A fact, told with the frame that it describes.
 *
 * - `added`, `started`: the track exists; its first sample is heard
 * - `position`: every second of the track, unless `positionEvery` says otherwise
 * - `paused`, `resumed`, `seeked`
 * - `looped`: it begins again; `left` times more
 * - `stalled`, `recovered`: its source did not deliver in time; it delivers again
 * - `damaged`: a packet that cannot be decoded was concealed
 * - `ended`: it is gone. `error` is the reason of a failure
 * - `passthrough`: from here on the packets of this track are passed unchanged; null: everything is decoded, mixed and encoded
 * - `ignored`: a command that cannot be carried out. `error` says why
 */
export type DeskFact = { /** The time of the desk: ms of sound that it has given. */ readonly at: number } & DeskNews;

/** The content of a fact, without its time. */
export type DeskNews =
  | { readonly type: 'added'; readonly id: string }
  | ({ readonly type: 'started' | 'position' | 'paused' | 'resumed' | 'seeked' | 'stalled' | 'recovered' } & TrackPlace)
  | ({ readonly type: 'looped'; readonly left: number } & TrackPlace)
  | ({ readonly type: 'damaged'; readonly error: unknown } & TrackPlace)
  | ({ readonly type: 'ended'; readonly reason: TrackEnd; readonly error?: unknown } & TrackPlace)
  | { readonly type: 'passthrough'; readonly id: string | null }
  | { readonly type: 'ignored'; readonly command: DeskCommand; readonly error: unknown };

/** A track as it is now. */
export interface TrackState extends TrackPlace {
  /** `waiting`: for its turn; `opening`: its source; `stalled`: its source delivers nothing. */
  readonly status: 'waiting' | 'opening' | 'playing' | 'paused' | 'stalled';
  readonly volume: number;
  readonly muted: boolean;
  readonly priority: number;
}
