/** Reads an async iterable a few frames ahead of the clock. */
import { inWords } from '../checks/check.js';
import { guarded } from '../edge.js';
import { VoiceOptionsError } from '../errors.js';
import type { FrameQueue, QueueOptions, QueueItem } from './frame-queue.js';
import { QueueEnd } from './queue-end.js';
import { Ring } from './ring.js';

/** The interface of an async source: it can be asked for the next item, and released even while an answer is pending. */
interface Reader {
  next(): Promise<unknown>;
  release(): void;
}

export class AsyncFrameQueue implements FrameQueue {
  readonly #reader: Reader;
  readonly #ring: Ring<unknown>;
  readonly #end: QueueEnd;
  #asking = false;

  constructor(input: object, { prefetch, onReadable }: QueueOptions) {
    this.#ring = new Ring(Math.max(1, prefetch));
    this.#reader = openReader(input);
    this.#end = new QueueEnd(onReadable);
    this.#ask();
  }

  read(): QueueItem {
    if (this.#ring.length > 0) {
      const frame = this.#ring.shift();
      this.#ask();
      return frame;
    }
    return this.#end.read();
  }

  close(): void {
    this.#ring.clear();
    if (this.#end.over) return;
    this.#end.close();
    this.#reader.release();
  }

  #ask(): void {
    if (this.#asking || this.#end.over || this.#ring.full) return;
    this.#asking = true;
    this.#reader.next().then(
      (result: unknown) => this.#receive(result),
      (error: unknown) => this.#fail(error),
    );
  }

  #receive(result: unknown): void {
    if (this.#end.over) return;
    this.#asking = false;
    let item: { readonly done?: unknown; readonly value?: unknown };
    try {
      item = readResult(result);
    } catch (error) {
      return this.#fail(error);
    }
    // Reading the result may run user code that closes the queue.
    if (this.#end.over) return;
    if (item.done === true) return this.#end.end({});
    this.#ring.push(item.value);
    this.#ask();
    this.#end.wake();
  }

  #fail(error: unknown): void {
    this.#end.end({ error });
  }
}

/** The result of next(), read once, because it may have getters. Throws their errors. */
function readResult(result: unknown): { readonly done?: unknown; readonly value?: unknown } {
  if (typeof result !== 'object' || result === null)
    throw new VoiceOptionsError('frames', `next() of this async iterator gave ${inWords(result)}, not an object`);
  const { done } = result as { readonly done?: unknown };
  return done === true ? { done } : { value: (result as { readonly value?: unknown }).value };
}

/**
 * An async iterator's `return()` waits for a pending `next()`, so it cannot release a source that stalls. Therefore a Node
 * Readable is destroyed as well, and a web ReadableStream is read by its own reader, which can be cancelled at any time.
 */
function openReader(input: object): Reader {
  if ('getReader' in input && typeof input.getReader === 'function') {
    const reader = (input as ReadableStream).getReader();
    return {
      next: async () => reader.read(),
      release: () => guarded(() => void Promise.resolve(reader.cancel()).catch(ignore)),
    };
  }
  const source = input as AsyncIterable<unknown> & { destroy?: () => void; cancel?: () => unknown };
  const iterator = source[Symbol.asyncIterator]();
  return {
    next: async () => iterator.next(),
    release: () => {
      // Destroying a Readable makes the pending next() of its iterator reject; nobody awaits it any more.
      guarded(() => void Promise.resolve(typeof source.destroy === 'function' ? source.destroy() : source.cancel?.()).catch(ignore));
      guarded(() => void Promise.resolve(iterator.return?.()).catch(ignore));
    },
  };
}

/** A pending read rejects because it was released; the play that it was for is over. */
function ignore(): void {}
