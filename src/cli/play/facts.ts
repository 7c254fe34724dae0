/** The output of `rxvoice play`. */
import type { PlaceFact } from '../place/place-facts.js';

/** Why a track ended: it reached its end, the user skipped it, it failed, all was stopped, or the session ended first. */
export type Ending = 'end' | 'skipped' | 'failed' | 'stopped' | 'broken-off';

/**
 * Times are in ms, levels in dB below full scale (null is silence), volumes are factors.
 *
 * - `track`: a track begins; `index` counts from 0. `duration` is null if it is unknown
 * - `progress`: about five times a second in a terminal, otherwise once
 * - `paused`, `resumed`, `volume`, `seeked`: the effect of a key
 * - `stalled`, `recovered`: its source does not deliver in time; it delivers again
 * - `refused`: a key asked for something impossible
 * - `ended`: a track ended; `heard` is how much of it was heard
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
