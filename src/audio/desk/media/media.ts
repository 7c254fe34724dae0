/** What a track plays, whatever it is made of: pieces of sound that know their place. */
import type { OpusFrame } from '../../../types.js';

/** Samples at 48 kHz that a decoder is given before a place to sound as it should there: 80 ms. Source: RFC 7845 section 4.6. */
export const WARM_UP_SAMPLES = 3_840;

/** A piece of sound: a packet, or PCM of 48 kHz stereo, interleaved. */
export interface Piece {
  /** Where it begins, in samples from the start of the media. */
  readonly at: number;
  readonly samples: number;
  readonly packet?: OpusFrame;
  readonly pcm?: Int16Array;
}

/** One reading of it, asked for a piece at a time. */
export interface MediaReading {
  /** The next piece, undefined at the end; rejects with what it failed with. Not called while it is being waited for. */
  next(): Promise<Piece | undefined>;
  /** Lets go of everything, also while a piece is waited for. It does not throw. */
  release(): void;
}

/** Something to be played. Nothing is opened before `open`. */
export interface Media {
  /** Whether it can be opened any number of times, at any place. */
  readonly repeatable: boolean;
  /** Where it begins by itself, in samples. */
  readonly start: number;
  /**
   * Begins a reading. Packets begin {@link WARM_UP_SAMPLES} before the place, PCM at it.
   *
   * @param from in samples from the start of the media
   */
  open(from: number): MediaReading;
}
