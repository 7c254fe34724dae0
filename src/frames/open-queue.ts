/** Chooses the queue for a source by its type. */
import { VoiceOptionsError } from '../errors.js';
import { toObservable } from '../observable-like.js';
import { AsyncFrameQueue } from './async-frame-queue.js';
import type { FrameQueue, QueueOptions } from './frame-queue.js';
import { ObservableFrameQueue } from './observable-frame-queue.js';
import type { FrameInput } from './frame-input.js';
import { openerOf } from './frame-stream.js';
import { SyncFrameQueue } from './sync-frame-queue.js';

/** @throws VoiceOptionsError if it is not a source of frames */
export function openQueue(input: FrameInput, options: QueueOptions): FrameQueue {
  const observable$ = toObservable(input);
  if (observable$ !== undefined) return new ObservableFrameQueue(observable$, options);
  if (typeof input === 'object' && input !== null) {
    const open = openerOf(input);
    if (open !== undefined) return open(options);
    if (Symbol.asyncIterator in input || 'getReader' in input) return new AsyncFrameQueue(input, options);
    if (Symbol.iterator in input) return new SyncFrameQueue(input);
  }
  throw new VoiceOptionsError(
    'frames',
    `play() takes an Iterable, an AsyncIterable or an Observable of Opus frames, but was given ${describe(input)}`,
  );
}

function describe(input: unknown): string {
  if (input === null) return 'null';
  if (typeof input === 'function') return 'a function (a generator function is to be called first)';
  return typeof input === 'object' ? 'an object that is none of them' : `a value of type ${typeof input}`;
}
