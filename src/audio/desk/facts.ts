/** What a desk tells. */
import type { DeskCommand } from './commands.js';

/** Where a track is. */
export interface TrackPlace {
  readonly id: string;
  /** In ms from the start of its media. */
  readonly position: number;
  /** What was heard of it so far, in ms: without pauses and stalls, with everything that was heard twice. */
  readonly heard: number;
}

/**
 * Why a track is over: it came to its `end`, was `removed`, `failed`, or the play was `stopped`.
 */
export type TrackEnd = 'end' | 'removed' | 'failed' | 'stopped';

/**
 * A fact, told with the frame that it is true of.
 *
 * - `added`, `started`: it is there; its first sample is heard
 * - `position`: every second of it, unless told otherwise
 * - `paused`, `resumed`, `seeked`
 * - `looped`: it was begun again; `left` times more
 * - `stalled`, `recovered`: its source had nothing to give in time; it gives again
 * - `damaged`: a packet that cannot be decoded was concealed
 * - `ended`: it is gone. `error` is what it failed with
 * - `passthrough`: from here on the packets of this track are passed as they are; null: everything is decoded, mixed and encoded
 * - `ignored`: a command that cannot be obeyed. `error` says why
 */
export type DeskFact = { /** The time of the desk, in ms of what it has given. */ readonly at: number } & DeskNews;

/** What a fact says, but for when. */
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
  /** `waiting`: for its turn; `opening`: for its source; `stalled`: its source has nothing to give. */
  readonly status: 'waiting' | 'opening' | 'playing' | 'paused' | 'stalled';
  readonly volume: number;
  readonly muted: boolean;
  readonly priority: number;
}
