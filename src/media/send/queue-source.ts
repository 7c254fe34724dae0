/** A source that brings its own queue: one whose frames are read elsewhere, by demand. */
import type { FrameQueue, QueueOptions } from './frame-queue.js';

/** The method that opens the queue. */
export const OPEN_QUEUE = Symbol('open queue');

/** What `openQueue` asks for its queue, and reads in no other way. */
export interface QueueSource {
  [OPEN_QUEUE](options: QueueOptions): FrameQueue;
}

export function isQueueSource(input: object): input is QueueSource {
  return OPEN_QUEUE in input;
}
