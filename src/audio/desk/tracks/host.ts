/** What a desk provides to its tracks. */
import type { OpusDecoderFactory } from '../../opus/codec.js';
import type { DeskNews } from '../facts.js';
import type { Ducking } from '../options.js';

/** Lengths are in samples. */
export interface TrackHost {
  readonly codec: OpusDecoderFactory;
  readonly readAhead: number;
  readonly positionEvery: number;
  readonly duck: Ducking;
  /** Called when data has arrived that may be awaited. */
  readonly wake: () => void;
  readonly tell: (news: DeskNews) => void;
}
