/** Reads an iterable, one frame per tick: it always has an answer. */
import { guarded } from '../edge.js';
import { END, type FrameQueue, type QueueItem } from './frame-queue.js';

export class SyncFrameQueue implements FrameQueue {
  readonly #iterator: Iterator<unknown>;
  #done = false;
  #closed = false;

  constructor(input: Iterable<unknown>) {
    this.#iterator = input[Symbol.iterator]();
  }

  read(): QueueItem {
    if (this.#done) return END;
    this.#done = true; // An iterator that throws is not called again.
    const { done, value } = this.#iterator.next();
    if (done === true) return END;
    this.#done = false;
    // Closed by its own code while it was called.
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
    guarded(() => this.#iterator.return?.());
  }
}
