/**
 * One way to read every kind of source: `read()` returns the next frame, or tells that none is there yet, or that there are no more.
 * It is synchronous, because the clock needs a frame at once; sources that cannot answer at once are read ahead or buffered.
 */
import type { ResolvedReadOptions } from './frame-input.js';

/** No frame yet; `onReadable` will be called when there is one. */
export const PENDING = Symbol('pending');
/** The source has ended, and all its frames were read. */
export const END = Symbol('end');

/** A frame, {@link PENDING} or {@link END}. A frame is anything that the source gave: the reader must check that it is a frame. */
export type QueueItem = unknown;

export interface FrameQueue {
  /** The next item. Throws the error of the source, after the frames before it. */
  read(): QueueItem;
  /**
   * An error because of which nothing of the source may be played any more: an overflow. It is available at once, because the next read
   * may be far off while the connection is being restored. Undefined if there is no such error.
   */
  readonly overflow?: unknown;
  /** Whether there is no frame because it was paused. Undefined means no. */
  readonly paused?: boolean;
  /** Releases the source, also while it is awaited. */
  close(): void;
}

export interface QueueOptions extends ResolvedReadOptions {
  /** Called when a frame, the end or an error is available after a read that returned {@link PENDING}; and at once when there is an `overflow`. */
  readonly onReadable: () => void;
}

/** Opens a source: starts to read ahead, or subscribes. */
export type OpenQueue = (options: QueueOptions) => FrameQueue;
