/** The common form of everything that a track plays: pieces of sound, each with its position. */
import type { OpusFrame } from '../../../types.js';

/** Samples at 48 kHz that a decoder needs before a position to sound right there: 80 ms. Source: RFC 7845 section 4.6. */
export const WARM_UP_SAMPLES = 3_840;

/** A piece of sound: a packet, or PCM of 48 kHz stereo, interleaved. */
export interface Piece {
  /** Where it begins, in samples from the start of the media. */
  readonly at: number;
  readonly samples: number;
  readonly packet?: OpusFrame;
  readonly pcm?: Int16Array;
}

/** One reading of a media, which gives a piece at a time. */
export interface MediaReading {
  /** The next piece, undefined at the end; rejects when reading fails. Not called while a call is pending. */
  next(): Promise<Piece | undefined>;
  /** Releases everything, also while a piece is awaited. It does not throw. */
  release(): void;
}

/** Something that can be played. Nothing is opened before `open`. */
export interface Media {
  /** Whether it can be opened any number of times, at any position. */
  readonly repeatable: boolean;
  /** Where it begins by default, in samples. */
  readonly start: number;
  /**
   * Begins a reading. Packets begin {@link WARM_UP_SAMPLES} before `from`, PCM exactly at it.
   *
   * @param from in samples from the start of the media
   */
  open(from: number): MediaReading;
}
