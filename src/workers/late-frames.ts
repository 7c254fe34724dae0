/** Frames of a source that must be loaded before it can be opened. */
import type { OpusFrame } from '../types.js';

type Result = IteratorResult<OpusFrame, undefined>;
const DONE: Result = { done: true, value: undefined };

/** @param open called once for each reading, when its first frame is requested */
export function lateFrames(open: () => Promise<AsyncIterable<OpusFrame>>): AsyncIterable<OpusFrame> {
  return { [Symbol.asyncIterator]: () => new LateIterator(open) };
}

/** Expects one request at a time, as a play makes them. */
class LateIterator implements AsyncIterator<OpusFrame, undefined> {
  readonly #open: () => Promise<AsyncIterable<OpusFrame>>;
  #frames: AsyncIterator<OpusFrame, undefined> | undefined;
  #closed = false;

  constructor(open: () => Promise<AsyncIterable<OpusFrame>>) {
    this.#open = open;
  }

  next(): Promise<Result> {
    return this.#frames?.next() ?? this.#first();
  }

  /** Releases an open source at once. After this, nothing is opened any more. */
  async return(): Promise<Result> {
    this.#closed = true;
    await this.#frames?.return?.();
    return DONE;
  }

  async #first(): Promise<Result> {
    if (this.#closed) return DONE;
    const source = await this.#open();
    if (this.#closed) return DONE;
    this.#frames = source[Symbol.asyncIterator]();
    return this.#frames.next();
  }
}
