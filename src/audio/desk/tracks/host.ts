/** What a desk lends its tracks. */
import type { OpusDecoderFactory } from '../../opus/codec.js';
import type { DeskNews } from '../facts.js';
import type { Ducking } from '../options.js';

/** Lengths are in samples. */
export interface TrackHost {
  readonly codec: OpusDecoderFactory;
  readonly readAhead: number;
  readonly positionEvery: number;
  readonly duck: Ducking;
  /** Something has come that may be waited for. */
  readonly wake: () => void;
  readonly tell: (news: DeskNews) => void;
}
