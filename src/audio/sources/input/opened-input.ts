/** An input while it is read: opened late, opened again where that can be done, and let go of at any time. */
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
  /** Set while a function of the user's makes up its mind: called, it is not waited for any more. */
  #letGo: (() => void) | undefined;

  constructor(input: SourceInput, options: HttpOptions) {
    this.#input = input;
    this.#options = options;
  }

  /** What the input turned out to be; known after `open()`. */
  get resolved(): Resolved {
    return this.#resolved!;
  }

  /** Whether `reopen()` can be called. */
  get reopenable(): boolean {
    return this.#resolved !== undefined && this.#resolved.kind !== 'stream';
  }

  /** The bytes from the start; none when it was let go of before it was open. */
  async open(): Promise<ByteSource> {
    const resolving = resolveInput(this.#input);
    const letGo = new Promise<undefined>((resolve) => (this.#letGo = () => resolve(undefined)));
    if (this.#released) this.#letGo?.();
    this.#resolved = await Promise.race([resolving, letGo]);
    if (this.#resolved === undefined) {
      // What is given in the end is ended at once.
      void endLate(resolving);
      this.#resolved = { kind: 'bytes', bytes: new Uint8Array(0) };
    }
    return this.#track(new ByteSource(this.#bytes(0)));
  }

  /** The bytes from an offset on; what was read before is let go of. */
  reopen(from: number): ByteSource {
    void this.#source?.release();
    return this.#track(new ByteSource(() => this.#bytes(from)));
  }

  /** The bytes of all of it, where that is known beforehand. */
  async size(): Promise<number | undefined> {
    const { resolved } = this;
    if (resolved.kind === 'bytes') return resolved.bytes.length;
    if (resolved.kind !== 'path') return undefined;
    const { size } = await stat(resolved.path);
    return size > 0 ? size : undefined;
  }

  /** Some of its bytes, read aside: where it is being read makes no difference. Only where `size()` is known. */
  async slice(from: number, to: number): Promise<Uint8Array> {
    const aside = new ByteSource(this.#bytes(from));
    try {
      return (await aside.peek(to - from)).slice(0, to - from);
    } finally {
      await aside.release();
    }
  }

  /** Lets go of it, also while it is being opened or read. */
  async release(): Promise<void> {
    this.#released = true;
    this.#letGo?.();
    await this.#source?.release();
    // A stream is there before it is opened, and is ended all the same.
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

/** Ends what nobody wants any more; whether it can be had at all makes no difference. */
async function endLate(input: Promise<Resolved>): Promise<void> {
  try {
    const resolved = await input;
    if (resolved.kind === 'stream') await new ByteSource(resolved.stream).release();
  } catch {
    // Then there is nothing to end.
  }
}
