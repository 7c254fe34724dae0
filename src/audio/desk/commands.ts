/** The commands of a desk. */
import type { PcmFilter } from '../steps/step.js';
import type { LoopCount, TrackOptions } from './options.js';
import type { TrackSource } from './media/media-of.js';

/**
 * A command, as a value. It takes effect at the next frame. Without an `id` it applies to all tracks.
 *
 * - `add`: adds a track, with its source and its {@link TrackOptions}
 * - `remove`: removes it, over `fade` ms (default its `fadeOut`, or 20). The track that follows it begins, with its crossfade if it has one
 * - `pause`, `resume`: stops at the current position, and continues from there
 * - `volume`: changes over `ramp` ms (default 20)
 * - `mute`; with `muted: false` the track is heard again
 * - `seek`: to a position in ms. The track plays on until the new position is ready, so that there is no gap
 * - `loop`: how many more times it repeats from now on
 * - `filters`: replaces its filters; an empty array removes all
 * - `priority`
 * - `duck`: ducks by hand, or ends that
 */
export type DeskCommand =
  | ({ readonly type: 'add'; readonly source: TrackSource } & TrackOptions)
  | { readonly type: 'remove'; readonly id?: string; readonly fade?: number }
  | { readonly type: 'pause' | 'resume'; readonly id?: string }
  | { readonly type: 'volume'; readonly id?: string; readonly volume: number; readonly ramp?: number }
  | { readonly type: 'mute'; readonly id?: string; readonly muted?: boolean }
  | { readonly type: 'seek'; readonly id?: string; readonly position: number }
  | { readonly type: 'loop'; readonly id?: string; readonly loop: LoopCount }
  | { readonly type: 'filters'; readonly id?: string; readonly filters: readonly PcmFilter[] }
  | { readonly type: 'priority'; readonly id?: string; readonly priority: number }
  | { readonly type: 'duck'; readonly id?: string; readonly ducked: boolean };

/** The commands for a track that exists. */
export type TrackCommand = Exclude<DeskCommand, { readonly type: 'add' }>;
