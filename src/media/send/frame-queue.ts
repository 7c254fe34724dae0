/**
 * One way to read every kind of source: `read()` gives the next frame, says that none is there yet, or that there are no more.
 * It is synchronous, because the clock's demand is; what cannot answer at once is read ahead or buffered.
 */
import type { PlayBuffer } from './play-options.js';

/** No frame yet; `onReadable` will be called when there is. */
export const PENDING = Symbol('pending');
/** The source has ended and everything it gave was read. */
export const END = Symbol('end');

/** A frame, {@link PENDING} or {@link END}. A frame is whatever the source gave: it is for the reader to check that it is one. */
export type QueueItem = unknown;

export interface FrameQueue {
  /** What is next. Throws what the source failed with, after the frames before it. */
  read(): QueueItem;
  /** Releases the source, also while it is being waited for. */
  close(): void;
}

export interface QueueOptions {
  readonly prefetch: number;
  readonly buffer: PlayBuffer;
  /** Called when a frame, the end or a failure has come after a read that gave {@link PENDING}. */
  readonly onReadable: () => void;
}
