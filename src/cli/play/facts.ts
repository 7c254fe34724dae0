/** What `rxvoice play` tells. */
import type { PlaceFact } from '../place/place-facts.js';

/** Why a track is over: it came to its end, somebody went on to the next, it failed, all was stopped, or the session ended before it did. */
export type Ending = 'end' | 'skipped' | 'failed' | 'stopped' | 'broken-off';

/**
 * Times are in ms, levels in dB below full scale (null is silence), volumes are factors.
 *
 * - `track`: one begins; `index` counts from 0. `duration` is null where nobody knows it
 * - `progress`: about five times a second in a terminal, else once
 * - `paused`, `resumed`, `volume`, `seeked`: what a key did
 * - `stalled`, `recovered`: its source gives nothing in time; it gives again
 * - `refused`: what a key asked for cannot be done
 * - `ended`: one is over; `heard` is what was heard of it
 */
export type PlayFact =
  | {
      readonly type: 'track';
      readonly index: number;
      readonly of: number;
      readonly title: string;
      readonly duration: number | null;
      readonly seekable: boolean;
      readonly via: string | null;
    }
  | { readonly type: 'progress'; readonly position: number; readonly heard: number; readonly peak: number | null; readonly rms: number | null }
  | { readonly type: 'paused' | 'resumed' | 'stalled' | 'recovered' | 'seeked'; readonly position: number }
  | { readonly type: 'volume'; readonly volume: number }
  | { readonly type: 'refused'; readonly reason: string }
  | {
      readonly type: 'ended';
      readonly index: number;
      readonly title: string;
      readonly reason: Ending;
      readonly heard: number;
      readonly message: string | null;
    }
  | PlaceFact;
