/** One way to read bytes, whatever they come from, that can be let go of at any time. */
import { MediaFormatError } from '../errors.js';
import { isPromiseLike } from '../promise-like.js';

/**
 * Where bytes may come from: all of them at once, chunks of any size, or a stream of chunks. A Node Readable
 * (`createReadStream(path)`) and a web ReadableStream (`response.body`) are async iterables, and so fit.
 */
export type ByteInput = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Bytes are taken in pieces of this size at most, so that one huge chunk is not copied at once. */
const PIECE_BYTES = 65_536;

interface ChunkReader {
  next(): PromiseLike<IteratorResult<unknown, unknown>> | IteratorResult<unknown, unknown>;
  /** Ends the source in good order. It may take as long as a pending `next()`. */
  close(): unknown;
  /** Ends the source even while a `next()` is pending. */
  abort(): unknown;
}

/** Reads a {@link ByteInput} on demand: never a chunk further than was asked for. */
export class ByteSource {
  readonly #input: ByteInput | (() => ByteInput);
  #reader: ChunkReader | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  #read = 0;
  #ended = false;
  #released = false;
  /** Set while the source is asked; called, it answers in the source's stead. */
  #letGo: (() => void) | undefined;

  /** @param input or what opens it, at the first read */
  constructor(input: ByteInput | (() => ByteInput)) {
    this.#input = input;
  }

  /** Bytes read so far. */
  get bytesRead(): number {
    return this.#read;
  }

  /** Somebody let go of the source before its end. */
  get released(): boolean {
    return this.#released;
  }

  /** The next piece, never empty; undefined at the end, and after `release()`. Errors of the source pass through as they are. */
  async read(): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      if (this.#ended) return undefined;
      const chunk = await this.#nextChunk();
      if (chunk === undefined) return undefined;
      this.#rest = chunk;
    }
    const piece = this.#rest.subarray(0, PIECE_BYTES);
    this.#rest = this.#rest.subarray(piece.length);
    this.#read += piece.length;
    return piece;
  }

  /** Lets go of the source, also while a read is pending: that read then gives undefined. */
  async release(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#released = true;
    this.#rest = new Uint8Array(0);
    const letGo = this.#letGo;
    letGo?.();
    const closed = Promise.all([
      // What was never opened need not be closed.
      settled(() => (typeof this.#input === 'function' ? this.#reader : (this.#reader ??= openReader(this.#input)))?.abort()),
      settled(() => this.#reader?.close()),
    ]);
    // A source that never answers would never close either.
    if (letGo === undefined) await closed;
  }

  async #nextChunk(): Promise<Uint8Array | undefined> {
    this.#reader ??= openReader(typeof this.#input === 'function' ? this.#input() : this.#input);
    const answer = this.#reader.next();
    const { done, value } = isPromiseLike(answer) ? await this.#orLetGo(answer) : answer;
    if (this.#ended) return undefined;
    if (done === true) {
      this.#ended = true;
      return undefined;
    }
    if (value instanceof Uint8Array) return value;
    throw notBytes(value, this.#read);
  }

  #orLetGo(answer: PromiseLike<IteratorResult<unknown, unknown>>): Promise<IteratorResult<unknown, unknown>> {
    return new Promise<IteratorResult<unknown, unknown>>((resolve, reject) => {
      this.#letGo = () => resolve({ done: true, value: undefined });
      answer.then(resolve, (error: unknown) => {
        // A source that failed has ended: there is nothing left to let go of.
        this.#ended = true;
        reject(error as Error);
      });
    }).finally(() => {
      this.#letGo = undefined;
    });
  }
}

function openReader(input: ByteInput): ChunkReader {
  if (input instanceof Uint8Array) return iteratorReader([input][Symbol.iterator](), input);
  if (typeof input !== 'object' || input === null) throw notBytes(input, 0);
  // A web stream's own reader can be cancelled while a read is pending; its async iterator cannot.
  if ('getReader' in input && typeof input.getReader === 'function') return webReader(input.getReader() as WebReader);
  if (Symbol.asyncIterator in input) return iteratorReader(input[Symbol.asyncIterator](), input);
  if (Symbol.iterator in input) return iteratorReader(input[Symbol.iterator](), input);
  throw notBytes(input, 0);
}

interface WebReader {
  read(): Promise<IteratorResult<unknown, unknown>>;
  cancel(): Promise<void>;
}

function webReader(reader: WebReader): ChunkReader {
  return { next: () => reader.read(), close: () => undefined, abort: () => reader.cancel() };
}

/** An async iterator's `return()` waits for a pending `next()`; a Node Readable's `destroy()` does not. */
function iteratorReader(iterator: Iterator<unknown> | AsyncIterator<unknown>, owner: object): ChunkReader {
  return {
    next: () => iterator.next(),
    close: () => iterator.return?.(),
    abort: () => {
      if ('destroy' in owner && typeof owner.destroy === 'function') return owner.destroy() as unknown;
      if ('cancel' in owner && typeof owner.cancel === 'function') return owner.cancel() as unknown;
      return undefined;
    },
  };
}

/** Whoever lets go does not care how the source takes it. */
async function settled(end: () => unknown): Promise<void> {
  try {
    await end();
  } catch {
    // Nothing reads from it any more.
  }
}


function notBytes(value: unknown, offset: number): MediaFormatError {
  const what = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
  const cure =
    typeof value === 'string'
      ? 'Text is not bytes: for a path pass createReadStream(path), and do not call setEncoding() on a stream'
      : 'Pass a Uint8Array, an iterable or async iterable of them, or a readable stream of bytes';
  return new MediaFormatError(`the source gave ${what} where bytes (Uint8Array) were expected. ${cure}`, offset);
}
