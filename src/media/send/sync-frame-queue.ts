/** Reads an iterable, one frame a tick: it has always something to say, or says that it rests. */
import { guarded } from '../../edge.js';
import type { RestingIterator } from '../../types.js';
import { END, PENDING, type FrameQueue, type QueueItem } from './frame-queue.js';

export class SyncFrameQueue implements FrameQueue {
  readonly #iterator: Iterator<unknown> & Partial<Pick<RestingIterator, 'resting'>>;
  readonly #onReadable: () => void;
  #done = false;
  #closed = false;

  constructor(input: Iterable<unknown>, onReadable: () => void) {
    this.#onReadable = onReadable;
    this.#iterator = input[Symbol.iterator]();
  }

  read(): QueueItem {
    if (this.#done) return END;
    this.#done = true; // What throws is not asked again.
    if (this.#iterator.resting?.(this.#onReadable) === true) {
      this.#asked();
      return PENDING;
    }
    const { done, value } = this.#iterator.next();
    if (done === true) return END;
    this.#asked();
    return value;
  }

  close(): void {
    this.#closed = true;
    this.#release();
  }

  #asked(): void {
    this.#done = false;
    // Closed by what it did while it was being asked.
    if (this.#closed) this.#release();
  }

  #release(): void {
    if (this.#done) return;
    this.#done = true;
    guarded(() => this.#iterator.return?.());
  }
}
