/** What can be played, and how it waits for its time. */
import type { Observable } from 'rxjs';
import { count, fields, oneOf, type Check } from '../checks/check.js';
import type { ObservableLike } from '../observable-like.js';
import type { OpusFrame } from '../types.js';

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
  readonly frames?: number;
  /**
   * What happens to a frame that does not fit: `error` ends the play with a FrameOverflowError, `drop-oldest` keeps a live
   * source close to now, `drop-newest` keeps what came first. Default `error`.
   */
  readonly overflow?: 'error' | 'drop-oldest' | 'drop-newest';
  /**
   * With `whenBehind: 'wait'`, in place of the two above: how many bytes may wait, a frame counting for 64 at least. Beyond, the play ends
   * with a FrameOverflowError. Default 67 108 864: an hour and a half at 96 kbit/s.
   */
  readonly bytes?: number;
}

/** How a source is read. Each kind of source has its own. */
export interface ReadOptions {
  /** AsyncIterables only: frames read ahead of the clock. Default 10 (200 ms). */
  readonly prefetch?: number;
  /** Observables only. Default `{ frames: 3000, overflow: 'error', bytes: 67108864 }`. */
  readonly buffer?: PlayBuffer;
  /**
   * Observables only: what becomes of what comes faster than it plays, as speech does from most services. `overflow` keeps
   * `buffer.frames` and does as `buffer.overflow` says; `wait` keeps all of it, up to `buffer.bytes`, and cuts nothing. What is read, and
   * not pushed, always waits. Default `overflow`.
   */
  readonly whenBehind?: 'overflow' | 'wait';
}

/** {@link ReadOptions} without gaps. */
export interface ResolvedReadOptions {
  readonly prefetch: number;
  readonly buffer: Required<PlayBuffer>;
  readonly whenBehind: 'overflow' | 'wait';
}

/** The {@link ReadOptions} unless told otherwise. */
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

/** What is undefined counts as not given. */
export function resolveReadOptions({ prefetch, buffer = {}, whenBehind }: ReadOptions): ResolvedReadOptions {
  const { frames, overflow, bytes } = buffer;
  const waits = DEFAULT_READ_OPTIONS.buffer;
  return {
    prefetch: prefetch ?? DEFAULT_READ_OPTIONS.prefetch,
    buffer: { frames: frames ?? waits.frames, overflow: overflow ?? waits.overflow, bytes: bytes ?? waits.bytes },
    whenBehind: whenBehind ?? DEFAULT_READ_OPTIONS.whenBehind,
  };
}
