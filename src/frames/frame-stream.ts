/**
 * Frames that are made of other frames: paused, repeated, one after the other. Whoever plays them reads them as a queue, so that what
 * happens to them happens at the very frame, and without a promise in between; to everybody else they are an async iterable.
 */
import type { OpusFrame } from '../types.js';
import { DEFAULT_READ_OPTIONS } from './frame-input.js';
import { END, PENDING, type FrameQueue, type OpenQueue } from './frame-queue.js';

/** The same in every copy of this library that a process has. */
const OPEN = Symbol.for('rxvoice.frames');

/** Frames for `session.play`, or for another operator of frames. Nothing is opened before the first is asked for. */
export interface FrameStream extends AsyncIterable<OpusFrame> {
  [Symbol.asyncIterator](): AsyncIterator<OpusFrame, undefined>;
}

/** @param open called once for each reading */
export function frameStream(open: OpenQueue): FrameStream {
  const stream = { [OPEN]: open, [Symbol.asyncIterator]: () => new QueueIterator(open) };
  return stream;
}

/** How to open what a {@link frameStream} is; undefined of everything else. */
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

  /** One after the other: who asks twice at once is answered in turn. */
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
