/** One reading of a source with many readers, each at its own position in the latest frames. */
import type { FrameInput } from '../../frames/frame-input.js';
import { END, PENDING, type FrameQueue, type QueueItem, type QueueOptions } from '../../frames/frame-queue.js';
import { openQueue } from '../../frames/open-queue.js';

/**
 * A ring of the last frames, and the source behind it. The first reader that wants a frame has it read; the others find it in the ring. So
 * time advances with the fastest listener's clock, and nobody waits for the slowest.
 */
export class SharedReading {
  readonly #kept: QueueItem[];
  readonly #source: FrameQueue;
  /** How the source ended; each reader gets it after the frames before it. */
  #outcome: { readonly error: unknown } | typeof END | undefined;
  #head = 0;

  /** @param keep how many frames are kept */
  constructor(frames: FrameInput, keep: number, options: QueueOptions) {
    this.#kept = new Array<QueueItem>(keep);
    this.#source = openQueue(frames, options);
  }

  /** How many frames were read, which is the number of the next one. */
  get head(): number {
    return this.#head;
  }

  /** The number of the oldest frame in the ring. */
  get tail(): number {
    return Math.max(0, this.#head - this.#kept.length);
  }

  /** Whether the source has ended, so that a new listener needs a new reading. */
  get over(): boolean {
    return this.#outcome !== undefined;
  }

  get overflow(): unknown {
    return this.#source.overflow;
  }

  /** The frame with that number, from `tail` to `head`. Throws the error of the source, after the frames before it. */
  read(number: number): QueueItem {
    if (number < this.#head) return this.#kept[number % this.#kept.length];
    if (this.#outcome === undefined) this.#advance();
    if (number < this.#head) return this.#kept[number % this.#kept.length];
    if (this.#outcome === undefined) return PENDING;
    if (this.#outcome === END) return END;
    throw this.#outcome.error;
  }

  /** Reads and drops what is available: a live source continues while nobody listens. */
  pass(): void {
    while (this.#outcome === undefined && this.#advance());
  }

  close(): void {
    this.#source.close();
  }

  /** Reads a frame if one is available. */
  #advance(): boolean {
    try {
      const item = this.#source.read();
      if (item === PENDING) return false;
      if (item !== END) {
        this.#kept[this.#head % this.#kept.length] = item;
        this.#head += 1;
        return true;
      }
      this.#outcome = END;
    } catch (error) {
      this.#outcome = { error };
    }
    this.#source.close();
    return false;
  }
}
