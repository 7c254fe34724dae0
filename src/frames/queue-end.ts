/** The state of a queue without frames, and its waiting reader. Shared by all queues whose frames arrive by themselves. */
import { END, PENDING, type QueueItem } from './frame-queue.js';

/** How a source ended: with an error, or because there is no more. */
export interface SourceEnd {
  readonly error?: unknown;
}

export class QueueEnd {
  /** An error because of which nothing of the source may be played any more. */
  overflow: unknown;
  readonly #onReadable: () => void;
  #end: SourceEnd | undefined;
  /** Whether the reader was told that there is no frame yet. */
  #starving = false;

  /** @param onReadable as in `QueueOptions` */
  constructor(onReadable: () => void) {
    this.#onReadable = onReadable;
  }

  /** Whether no more frames will come. */
  get over(): boolean {
    return this.#end !== undefined;
  }

  /** The item when no frame is left: PENDING or END; throws the error if there is one. */
  read(): QueueItem {
    if (this.#end === undefined) {
      this.#starving = true;
      return PENDING;
    }
    if ('error' in this.#end) throw this.#end.error;
    return END;
  }

  /** Wakes a waiting reader: a frame or something else is available. */
  wake(): void {
    if (!this.#starving) return;
    this.#starving = false;
    this.#onReadable();
  }

  /** Ends the queue. Only the first call counts. */
  end(end: SourceEnd): void {
    if (this.over) return;
    this.#end = end;
    this.wake();
  }

  /** The reader is gone, and waits for nothing. */
  close(): void {
    this.#end ??= {};
    this.#starving = false;
  }

  /** Ends with an overflow, which is reported at once, whether or not a reader waits. */
  overflown(error: unknown): void {
    if (this.over) return;
    this.overflow = error;
    this.#starving = true;
    this.end({ error });
  }
}
