/** What can be played, and how. */
import type { Observable } from 'rxjs';
import { count, fields, oneOf, type Check } from '../../checks/check.js';
import type { ObservableLike } from '../../observable-like.js';
import { SpeakingFlags, type OpusFrame } from '../../types.js';

/**
 * A source of Opus frames.
 *
 * - an Iterable is read one frame a tick
 * - an AsyncIterable (a Node Readable in object mode, a web ReadableStream, an async generator) is read a few frames ahead
 * - an Observable, of RxJS, of another library or of the platform, pushes; its frames wait in a bounded buffer
 */
export type FrameInput = Iterable<OpusFrame> | AsyncIterable<OpusFrame> | Observable<OpusFrame> | ObservableLike<OpusFrame>;

/** Where the frames of an Observable wait. */
export interface PlayBuffer {
  /** How many frames fit. Default 3000, a minute of 20 ms frames. */
  readonly frames: number;
  /**
   * What happens to a frame that does not fit: `error` ends the play with a FrameOverflowError, `drop-oldest` keeps a live
   * source close to now, `drop-newest` keeps what came first. Default `error`.
   */
  readonly overflow: 'error' | 'drop-oldest' | 'drop-newest';
}

/** How to play; every field has a default. */
export interface PlayOptions {
  /** What opcode 5 says before the first packet. Default `SpeakingFlags.Microphone`. */
  readonly speaking?: SpeakingFlags;
  /** AsyncIterables only: frames read ahead of the clock. Default 10 (200 ms). */
  readonly prefetch?: number;
  /** Observables only. Default `{ frames: 3000, overflow: 'error' }`. */
  readonly buffer?: PlayBuffer;
  /**
   * While the connection is being remade: `hold` waits, so that a song goes on where it was; `skip` reads on and throws
   * away, so that a live source stays live. Default `hold`.
   */
  readonly whenSuspended?: 'hold' | 'skip';
}

/** The {@link PlayOptions} unless told otherwise. */
export const DEFAULT_PLAY_OPTIONS = {
  speaking: SpeakingFlags.Microphone,
  prefetch: 10,
  buffer: { frames: 3_000, overflow: 'error' },
  whenSuspended: 'hold',
} as const satisfies Required<PlayOptions>;

const ALL_FLAGS = SpeakingFlags.Microphone | SpeakingFlags.Soundshare | SpeakingFlags.Priority;
const BUFFER: { readonly [Name in keyof PlayBuffer]: Check } = {
  frames: count('a whole number of frames, 1 or more', 1),
  overflow: oneOf(['error', 'drop-oldest', 'drop-newest'] satisfies PlayBuffer['overflow'][]),
};
const OPTIONS: { readonly [Name in keyof Required<PlayOptions>]: Check } = {
  speaking: count('SpeakingFlags, combined with |', 0, ALL_FLAGS),
  prefetch: count('a whole number of frames, 1 or more', 1),
  buffer: fields(BUFFER),
  whenSuspended: oneOf(['hold', 'skip'] satisfies PlayOptions['whenSuspended'][]),
};
const options = fields(OPTIONS);

/** @throws VoiceOptionsError, which names the first option that is not what it must be */
export function checkPlayOptions(given: PlayOptions): void {
  options('', given);
}
