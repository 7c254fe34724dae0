/** What a queue says when it has no frame, and whom it then wakes: the end of all queues whose frames come by themselves. */
import { END, PENDING, type QueueItem } from './frame-queue.js';

/** How a source ended: with an error, or because there is no more. */
export interface SourceEnd {
  readonly error?: unknown;
}

export class QueueEnd {
  /** What the source has failed with so that nothing of it is to be played any more. */
  overflow: unknown;
  readonly #onReadable: () => void;
  #end: SourceEnd | undefined;
  /** Whether somebody was told that there is no frame yet. */
  #starving = false;

  /** @param onReadable as in `QueueOptions` */
  constructor(onReadable: () => void) {
    this.#onReadable = onReadable;
  }

  /** Whether no frame comes any more. */
  get over(): boolean {
    return this.#end !== undefined;
  }

  /** What to say where no frame is left: PENDING, END, or, thrown, the failure. */
  read(): QueueItem {
    if (this.#end === undefined) {
      this.#starving = true;
      return PENDING;
    }
    if ('error' in this.#end) throw this.#end.error;
    return END;
  }

  /** A frame has come, or something else that whoever waits is to look at. */
  wake(): void {
    if (!this.#starving) return;
    this.#starving = false;
    this.#onReadable();
  }

  /** No frame comes any more. The first end holds. */
  end(end: SourceEnd): void {
    if (this.over) return;
    this.#end = end;
    this.wake();
  }

  /** Whoever read is gone, and waits for nothing. */
  close(): void {
    this.#end ??= {};
    this.#starving = false;
  }

  /** The source has ended with an overflow: that is told at once, whether or not anybody has asked for a frame. */
  overflown(error: unknown): void {
    if (this.over) return;
    this.overflow = error;
    this.#starving = true;
    this.end({ error });
  }
}
