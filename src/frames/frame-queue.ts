/**
 * One way to read every kind of source: `read()` gives the next frame, says that none is there yet, or that there are no more.
 * It is synchronous, because the clock's demand is; what cannot answer at once is read ahead or buffered.
 */
import type { ResolvedReadOptions } from './frame-input.js';

/** No frame yet; `onReadable` will be called when there is. */
export const PENDING = Symbol('pending');
/** The source has ended and everything it gave was read. */
export const END = Symbol('end');

/** A frame, {@link PENDING} or {@link END}. A frame is whatever the source gave: it is for the reader to check that it is one. */
export type QueueItem = unknown;

export interface FrameQueue {
  /** What is next. Throws what the source failed with, after the frames before it. */
  read(): QueueItem;
  /**
   * What the source has failed with so that nothing of it is to be played any more: an overflow. It is not kept for the next read, which
   * may be a long time off while the connection is being remade. Undefined where there is no such failure.
   */
  readonly overflow?: unknown;
  /** Whether there is no frame because somebody wants it so. Undefined: no. */
  readonly paused?: boolean;
  /** Releases the source, also while it is being waited for. */
  close(): void;
}

export interface QueueOptions extends ResolvedReadOptions {
  /** Called when a frame, the end or a failure has come after a read that gave {@link PENDING}; and when there is an `overflow`, at once. */
  readonly onReadable: () => void;
}

/** Opens a source: reads ahead, subscribes, whatever it takes. */
export type OpenQueue = (options: QueueOptions) => FrameQueue;
