/** A uniform way to read bytes from any input, which can be released at any time. */
import { MediaFormatError } from '../errors.js';
import { isPromiseLike } from '../promise-like.js';

/**
 * An input of bytes: all of them at once, chunks of any size, or a stream of chunks. A Node Readable
 * (`createReadStream(path)`) and a web ReadableStream (`response.body`) are async iterables, so they fit.
 */
export type ByteInput = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Maximum size of a piece, so that one huge chunk is not copied at once. */
const PIECE_BYTES = 65_536;

interface ChunkReader {
  next(): PromiseLike<IteratorResult<unknown, unknown>> | IteratorResult<unknown, unknown>;
  /** Ends the source regularly. It may take as long as a pending `next()`. */
  close(): unknown;
  /** Ends the source even while `next()` is pending. */
  abort(): unknown;
}

/** Reads a {@link ByteInput} on demand: never a chunk more than requested. */
export class ByteSource {
  readonly #input: ByteInput | (() => ByteInput);
  #reader: ChunkReader | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  /** Pieces that were peeked at and not read yet; copies, because a source may reuse its memory when it is asked for more. */
  #seen: Uint8Array[] = [];
  /** Pieces read since `mark()`. */
  #marked: Uint8Array[] | undefined;
  #read = 0;
  #ended = false;
  #released = false;
  /** Set while a read of the source is pending: calling it completes that read as if the source had ended. */
  #letGo: (() => void) | undefined;

  /** @param input the input, or a function that opens it at the first read */
  constructor(input: ByteInput | (() => ByteInput)) {
    this.#input = input;
  }

  /** Bytes read so far. */
  get bytesRead(): number {
    return this.#read;
  }

  /** Whether the source was released before its end. */
  get released(): boolean {
    return this.#released;
  }

  /** The next piece, never empty; undefined at the end, and after `release()`. Errors of the source are passed on unchanged. */
  async read(): Promise<Uint8Array | undefined> {
    const piece = this.#seen.shift() ?? (await this.#nextPiece());
    if (piece === undefined || this.#released) return undefined;
    this.#read += piece.length;
    this.#marked?.push(piece.slice());
    return piece;
  }

  /** Keeps everything that is read from here on, until `rewind()` or `unmark()`. */
  mark(): void {
    this.#marked = [];
  }

  /** Makes everything read since `mark()` available again. */
  rewind(): void {
    const pieces = this.#marked ?? [];
    this.#marked = undefined;
    for (const piece of pieces.reverse()) this.unread(piece);
  }

  /** Drops what was kept: rewinding is no longer possible. */
  unmark(): void {
    this.#marked = undefined;
  }

  /**
   * The next bytes: at least `length` of them, or all that are left if there are fewer. They are kept, and `read()` returns them
   * again.
   */
  async peek(length: number): Promise<Uint8Array> {
    let held = this.#seen.reduce((sum, piece) => sum + piece.length, 0);
    while (held < length) {
      const piece = await this.#nextPiece();
      if (piece === undefined) break;
      if (this.#released) break;
      this.#seen.push(piece.slice());
      held += piece.length;
    }
    // If it was released meanwhile, there is nothing to read any more.
    if (this.#seen.length === 0) return new Uint8Array(0);
    const all = joined(this.#seen, held);
    this.#seen = [all];
    return all;
  }

  /** Skips this many bytes, or all that are left. */
  async skip(length: number): Promise<void> {
    let left = length;
    while (left > 0) {
      const piece = await this.read();
      if (piece === undefined) return;
      if (piece.length > left) this.unread(piece.subarray(left));
      left -= piece.length;
    }
  }

  /** Gives back the end of the last piece: it is read again next. */
  unread(piece: Uint8Array): void {
    if (this.#released) return;
    this.#seen.unshift(piece.slice());
    this.#read -= piece.length;
    const last = this.#marked?.pop();
    if (last !== undefined && last.length > piece.length) this.#marked!.push(last.subarray(0, last.length - piece.length));
  }

  async #nextPiece(): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      if (this.#ended) return undefined;
      const chunk = await this.#nextChunk();
      if (chunk === undefined) return undefined;
      this.#rest = chunk;
    }
    const piece = this.#rest.subarray(0, PIECE_BYTES);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  /** Releases the source, also while a read is pending: that read then returns undefined. */
  async release(): Promise<void> {
    this.#seen = [];
    this.#marked = undefined;
    if (this.#ended) return;
    this.#ended = true;
    this.#released = true;
    this.#rest = new Uint8Array(0);
    const letGo = this.#letGo;
    letGo?.();
    const closed = Promise.all([
      // An input that was never opened need not be closed.
      settled(() => (typeof this.#input === 'function' ? this.#reader : (this.#reader ??= openReader(this.#input)))?.abort()),
      settled(() => this.#reader?.close()),
    ]);
    // A source that does not answer would not close either.
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
    // `slice()` of a Buffer does not copy, so the chunk becomes a plain Uint8Array.
    if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    throw notBytes(value, this.#read);
  }

  #orLetGo(answer: PromiseLike<IteratorResult<unknown, unknown>>): Promise<IteratorResult<unknown, unknown>> {
    return new Promise<IteratorResult<unknown, unknown>>((resolve, reject) => {
      this.#letGo = () => resolve({ done: true, value: undefined });
      answer.then(resolve, (error: unknown) => {
        // A source that failed has ended: there is nothing left to release.
        this.#ended = true;
        reject(error as Error);
      });
    }).finally(() => {
      this.#letGo = undefined;
    });
  }
}

/** Concatenates pieces; a single one is returned itself. */
export function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function openReader(input: ByteInput): ChunkReader {
  if (input instanceof Uint8Array) return iteratorReader([input][Symbol.iterator](), input);
  if (typeof input !== 'object' || input === null) throw notBytes(input, 0);
  // The reader of a web stream can be cancelled while a read is pending; its async iterator cannot.
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

/** Errors while releasing a source do not matter. */
async function settled(end: () => unknown): Promise<void> {
  try {
    await end();
  } catch {
    // Nobody reads from it any more.
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
