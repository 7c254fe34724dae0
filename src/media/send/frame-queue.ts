/**
 * One way to read every kind of source: `read()` gives the next frame, says that none is there yet, or that there are no more.
 * It is synchronous, because the clock's demand is; what cannot answer at once is read ahead or buffered.
 */
import { isObservable } from 'rxjs';
import { VoiceOptionsError } from '../../errors.js';
import type { FrameInput, PlayBuffer } from './play-options.js';
import { AsyncFrameQueue } from './async-frame-queue.js';
import { ObservableFrameQueue } from './observable-frame-queue.js';

/** No frame yet; `onReadable` will be called when there is. */
export const PENDING = Symbol('pending');
/** The source has ended and everything it gave was read. */
export const END = Symbol('end');

/** What a read gives. A frame is whatever the source gave: it is for the reader to check that it is one. */
export type Read = unknown;

export interface FrameQueue {
  /** The next frame, {@link PENDING} or {@link END}. Throws what the source failed with, after the frames before it. */
  read(): Read;
  /** Releases the source, also while it is being waited for. */
  close(): void;
}

export interface QueueOptions {
  readonly prefetch: number;
  readonly buffer: PlayBuffer;
  /** Called when a frame, the end or a failure has come after a read that gave {@link PENDING}. */
  readonly onReadable: () => void;
}

export function openQueue(input: FrameInput, options: QueueOptions): FrameQueue {
  if (isObservable(input)) return new ObservableFrameQueue(input, options);
  if (typeof input === 'object' && input !== null) {
    if (Symbol.asyncIterator in input || 'getReader' in input) return new AsyncFrameQueue(input, options);
    if (Symbol.iterator in input) return new SyncFrameQueue(input);
  }
  throw new VoiceOptionsError(
    'frames',
    `play() takes an Iterable, an AsyncIterable or an Observable of Opus frames, but was given ${describe(input)}`,
  );
}

/** An iterable is read one frame a tick, and has always something to say. */
class SyncFrameQueue implements FrameQueue {
  readonly #iterator: Iterator<unknown>;
  #done = false;
  #closed = false;

  constructor(input: Iterable<unknown>) {
    this.#iterator = input[Symbol.iterator]();
  }

  read(): Read {
    if (this.#done) return END;
    this.#done = true; // What throws is not asked again.
    const { done, value } = this.#iterator.next();
    if (done === true) return END;
    this.#done = false;
    // Closed by what it did while it was being asked.
    if (this.#closed) this.#release();
    return value;
  }

  close(): void {
    this.#closed = true;
    this.#release();
  }

  #release(): void {
    if (this.#done) return;
    this.#done = true;
    try {
      this.#iterator.return?.();
    } catch {
      // A source that was let go of may fail as it likes: the play that wanted to know is over.
    }
  }
}

function describe(input: unknown): string {
  if (input === null) return 'null';
  if (typeof input === 'function') return 'a function (a generator function is to be called first)';
  return typeof input === 'object' ? 'an object that is none of them' : `a value of type ${typeof input}`;
}
