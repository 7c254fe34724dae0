/**
 * Frames made of other frames: paused, repeated, concatenated. A play reads them as a queue, so that changes take effect at the exact
 * frame, without a promise in between; for everybody else they are an async iterable.
 */
import type { OpusFrame } from '../types.js';
import { DEFAULT_READ_OPTIONS } from './frame-input.js';
import { END, PENDING, type FrameQueue, type OpenQueue } from './frame-queue.js';

/** The same symbol in every copy of this library in a process. */
const OPEN = Symbol.for('rxvoice.frames');

/** Frames for `session.play`, or for another operator of frames. Nothing is opened before the first frame is requested. */
export interface FrameStream extends AsyncIterable<OpusFrame> {
  [Symbol.asyncIterator](): AsyncIterator<OpusFrame, undefined>;
}

/** @param open called once for each reading */
export function frameStream(open: OpenQueue): FrameStream {
  const stream = { [OPEN]: open, [Symbol.asyncIterator]: () => new QueueIterator(open) };
  return stream;
}

/** How to open a {@link frameStream}; undefined for everything else. */
export function openerOf(input: object): OpenQueue | undefined {
  return OPEN in input ? (input[OPEN] as OpenQueue) : undefined;
}

type Result = IteratorResult<OpusFrame, undefined>;
const DONE: Result = { done: true, value: undefined };

class QueueIterator implements AsyncIterator<OpusFrame, undefined> {
  readonly #open: OpenQueue;
  #queue: FrameQueue | undefined;
  #closed = false;
  #readable: () => void = () => undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(open: OpenQueue) {
    this.#open = open;
  }

  /** Calls are queued: concurrent calls are answered in order. */
  next(): Promise<Result> {
    const next = this.#last.then(() => this.#next());
    this.#last = next.catch(() => undefined);
    return next;
  }

  async return(): Promise<Result> {
    this.#close();
    return DONE;
  }

  async #next(): Promise<Result> {
    try {
      while (!this.#closed) {
        const readable = new Promise<void>((resolve) => (this.#readable = resolve));
        this.#queue ??= this.#open({ ...DEFAULT_READ_OPTIONS, onReadable: () => this.#readable() });
        const item = this.#queue.read();
        if (item === END) this.#close();
        else if (item !== PENDING) return { done: false, value: item as OpusFrame };
        else await readable;
      }
    } catch (error) {
      this.#close();
      throw error;
    }
    return DONE;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue?.close();
    this.#readable();
  }
}
