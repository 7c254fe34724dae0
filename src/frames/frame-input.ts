/** What can be played, and how it waits for its time. */
import type { Observable } from 'rxjs';
import { count, fields, oneOf, type Check } from '../checks/check.js';
import type { ObservableLike } from '../observable-like.js';
import type { OpusFrame } from '../types.js';

/**
 * A source of Opus frames.
 *
 * - an Iterable is read one frame at a time, when the frame is due
 * - an AsyncIterable (a Node Readable in object mode, a web ReadableStream, an async generator) is read a few frames ahead
 * - an Observable, of RxJS, of another library or of the platform, pushes; its frames wait in a bounded buffer
 */
export type FrameInput = Iterable<OpusFrame> | AsyncIterable<OpusFrame> | Observable<OpusFrame> | ObservableLike<OpusFrame>;

/** The buffer in which the frames of an Observable wait. */
export interface PlayBuffer {
  /** How many frames fit. Default 3000, a minute of 20 ms frames. */
  readonly frames?: number;
  /**
   * What happens when a frame does not fit: `error` ends the play with a FrameOverflowError; `drop-oldest` keeps the newest frames, for a
   * live source; `drop-newest` keeps the oldest ones. Default `error`.
   */
  readonly overflow?: 'error' | 'drop-oldest' | 'drop-newest';
  /**
   * With `whenBehind: 'wait'`, instead of the two above: how many bytes may wait. Each frame counts as 64 bytes at least. With more, the play ends
   * with a FrameOverflowError. Default 67 108 864: an hour and a half at 96 kbit/s.
   */
  readonly bytes?: number;
}

/** How a source is read. Each option is for one kind of source. */
export interface ReadOptions {
  /** AsyncIterables only: frames read ahead of the clock. Default 10 (200 ms). */
  readonly prefetch?: number;
  /** Observables only. Default `{ frames: 3000, overflow: 'error', bytes: 67108864 }`. */
  readonly buffer?: PlayBuffer;
  /**
   * Observables only: what to do with frames that come faster than they play, as speech does from most services. `overflow` keeps
   * `buffer.frames` of them, and then does what `buffer.overflow` says. `wait` keeps all of them, up to `buffer.bytes`. Iterables
   * always wait, because they are read only when a frame is needed. Default `overflow`.
   */
  readonly whenBehind?: 'overflow' | 'wait';
}

/** {@link ReadOptions} with all fields. */
export interface ResolvedReadOptions {
  readonly prefetch: number;
  readonly buffer: Required<PlayBuffer>;
  readonly whenBehind: 'overflow' | 'wait';
}

/** The defaults of {@link ReadOptions}. */
export const DEFAULT_READ_OPTIONS: ResolvedReadOptions = {
  prefetch: 10,
  buffer: { frames: 3_000, overflow: 'error', bytes: 64 * 1_024 * 1_024 },
  whenBehind: 'overflow',
};

const BUFFER: { readonly [Name in keyof PlayBuffer]-?: Check } = {
  frames: count('a whole number of frames, 1 or more', 1),
  overflow: oneOf(['error', 'drop-oldest', 'drop-newest'] satisfies PlayBuffer['overflow'][]),
  bytes: count('a whole number of bytes, 1 or more', 1),
};

/** The checks of {@link ReadOptions}. */
export const READ_CHECKS: { readonly [Name in keyof ReadOptions]-?: Check } = {
  prefetch: count('a whole number of frames, 1 or more', 1),
  buffer: fields(BUFFER),
  whenBehind: oneOf(['overflow', 'wait'] satisfies ReadOptions['whenBehind'][]),
};

/** Undefined fields count as missing. */
export function resolveReadOptions({ prefetch, buffer = {}, whenBehind }: ReadOptions): ResolvedReadOptions {
  const { frames, overflow, bytes } = buffer;
  const waits = DEFAULT_READ_OPTIONS.buffer;
  return {
    prefetch: prefetch ?? DEFAULT_READ_OPTIONS.prefetch,
    buffer: { frames: frames ?? waits.frames, overflow: overflow ?? waits.overflow, bytes: bytes ?? waits.bytes },
    whenBehind: whenBehind ?? DEFAULT_READ_OPTIONS.whenBehind,
  };
}
