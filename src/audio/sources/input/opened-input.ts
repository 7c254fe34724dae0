/** An input while it is read: opened late, reopened if possible, and released at any time. */
import { stat } from 'node:fs/promises';
import { ByteSource, type ByteInput } from '../../bytes/byte-source.js';
import { fileBytes } from './file.js';
import { httpBytes, type HttpOptions } from './http.js';
import { isRepeatable, resolveInput, type Resolved, type SourceInput } from './input.js';

export class OpenedInput {
  readonly #input: SourceInput;
  readonly #options: HttpOptions;
  #resolved: Resolved | undefined;
  #source: ByteSource | undefined;
  #released = false;
  /** Set while a function of the user is pending: calling it stops waiting for that function. */
  #letGo: (() => void) | undefined;

  constructor(input: SourceInput, options: HttpOptions) {
    this.#input = input;
    this.#options = options;
  }

  /** The type of the input; known after `open()`. */
  get resolved(): Resolved {
    return this.#resolved!;
  }

  /** Whether `reopen()` can be called. */
  get reopenable(): boolean {
    return this.#resolved !== undefined && this.#resolved.kind !== 'stream';
  }

  /** The bytes from the start; empty if the input was released before it was open. */
  async open(): Promise<ByteSource> {
    const resolving = resolveInput(this.#input);
    const letGo = new Promise<undefined>((resolve) => (this.#letGo = () => resolve(undefined)));
    if (this.#released) this.#letGo?.();
    this.#resolved = await Promise.race([resolving, letGo]);
    if (this.#resolved === undefined) {
      // If the function returns a stream later, it is closed at once.
      void endLate(resolving);
      this.#resolved = { kind: 'bytes', bytes: new Uint8Array(0) };
    }
    return this.#track(new ByteSource(this.#bytes(0)));
  }

  /** The bytes from an offset on; the reading before it is released. */
  reopen(from: number): ByteSource {
    void this.#source?.release();
    return this.#track(new ByteSource(() => this.#bytes(from)));
  }

  /** The length in bytes, if it is known beforehand. */
  async size(): Promise<number | undefined> {
    const { resolved } = this;
    if (resolved.kind === 'bytes') return resolved.bytes.length;
    if (resolved.kind !== 'path') return undefined;
    const { size } = await stat(resolved.path);
    return size > 0 ? size : undefined;
  }

  /** Reads a part separately, without disturbing the current reading. Only if `size()` is known. */
  async slice(from: number, to: number): Promise<Uint8Array> {
    const aside = new ByteSource(this.#bytes(from));
    try {
      return (await aside.peek(to - from)).slice(0, to - from);
    } finally {
      await aside.release();
    }
  }

  /** Releases it, also while it is being opened or read. */
  async release(): Promise<void> {
    this.#released = true;
    this.#letGo?.();
    await this.#source?.release();
    // A stream exists before it is opened, and must be closed in any case.
    if (this.#source === undefined && this.#resolved === undefined && !isRepeatable(this.#input)) await endLate(resolveInput(this.#input));
  }

  #track(source: ByteSource): ByteSource {
    this.#source = source;
    if (this.#released) void source.release();
    return source;
  }

  #bytes(from: number): ByteInput {
    const { resolved } = this;
    switch (resolved.kind) {
      case 'path':
        return fileBytes(resolved.path, from);
      case 'url':
        return httpBytes(resolved.url, this.#options, from);
      case 'bytes':
        return resolved.bytes.subarray(from);
      case 'stream':
        return resolved.stream;
    }
  }
}

/** Closes an input that nobody wants any more; errors do not matter. */
async function endLate(input: Promise<Resolved>): Promise<void> {
  try {
    const resolved = await input;
    if (resolved.kind === 'stream') await new ByteSource(resolved.stream).release();
  } catch {
    // There is nothing to close.
  }
}
