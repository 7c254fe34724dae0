/** What a desk may be told. */
import type { PcmFilter } from '../steps/step.js';
import type { LoopCount, TrackOptions } from './options.js';
import type { TrackSource } from './media/media-of.js';

/**
 * A command, as a value. It takes effect at the next frame. Without an `id` it is for all tracks.
 *
 * - `add`: a track joins, by its source and its {@link TrackOptions}
 * - `remove`: it leaves, over `fade` ms (default its `fadeOut`, or 20). Who comes after it begins, and crosses with it if it was to
 * - `pause`, `resume`: it stops where it is, and goes on from there
 * - `volume`: over `ramp` ms (default 20)
 * - `mute`, with `muted: false` to be heard again
 * - `seek`: to a place in ms. It plays on until the other place is there, so that there is no hole
 * - `loop`: how often it is begun again from now on
 * - `filters`: others; an empty array: none
 * - `priority`
 * - `duck`: down by hand, or up again
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

/** The commands for a track that is there. */
export type TrackCommand = Exclude<DeskCommand, { readonly type: 'add' }>;
