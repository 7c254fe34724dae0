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
  /** Pieces that were looked at and are still to be read; copies, for a source may use its memory again when it is asked for more. */
  #seen: Uint8Array[] = [];
  /** Pieces read since `mark()`. */
  #marked: Uint8Array[] | undefined;
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
    const piece = this.#seen.shift() ?? (await this.#nextPiece());
    if (piece === undefined || this.#released) return undefined;
    this.#read += piece.length;
    this.#marked?.push(piece.slice());
    return piece;
  }

  /** From here on what is read is held, until `rewind()` or `unmark()`. */
  mark(): void {
    this.#marked = [];
  }

  /** What was read since `mark()` is read again. */
  rewind(): void {
    const pieces = this.#marked ?? [];
    this.#marked = undefined;
    for (const piece of pieces.reverse()) this.unread(piece);
  }

  /** There is no way back any more. */
  unmark(): void {
    this.#marked = undefined;
  }

  /**
   * The bytes that come next: `length` of them or more, or, where the source has no more, all that are left. They are read again by
   * `read()`; until then they are held.
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
    // Let go of while it was asked: there is nothing to be read any more.
    if (this.#seen.length === 0) return new Uint8Array(0);
    const all = joined(this.#seen, held);
    this.#seen = [all];
    return all;
  }

  /** Passes over so many bytes, or all that are left. */
  async skip(length: number): Promise<void> {
    let left = length;
    while (left > 0) {
      const piece = await this.read();
      if (piece === undefined) return;
      if (piece.length > left) this.unread(piece.subarray(left));
      left -= piece.length;
    }
  }

  /** Gives back the end of what `read()` gave last: it is read again next. */
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

  /** Lets go of the source, also while a read is pending: that read then gives undefined. */
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
    // A Buffer's slice() is no copy: from here on it is a plain array.
    if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
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

/** Pieces as one array; a single one as it is. */
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
