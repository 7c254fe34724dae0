/** The inputs of a source, and their types when opened. */
import { fileURLToPath } from 'node:url';
import type { ByteInput } from '../../bytes/byte-source.js';
import { MediaSourceError } from '../../errors.js';

/**
 * Inputs that can be read repeatedly, and from any position.
 *
 * - a string: a path, or a URL if it begins with `http:`, `https:` or `file:`
 * - a URL
 * - bytes: the whole file
 * - a function that gives any input, or a promise of one; it is called for each play, when the first frame is requested
 */
export type RepeatableInput = string | URL | Uint8Array | (() => SourceInput | PromiseLike<SourceInput>);
/** Inputs that are read once: a Node Readable, a web ReadableStream, a Response of `fetch`, an iterable or async iterable of bytes. */
export type StreamInput = Iterable<Uint8Array> | AsyncIterable<Uint8Array> | WebStream | Response;
/** Any input. */
export type SourceInput = RepeatableInput | StreamInput;

/** A web ReadableStream, of Node or of a browser's types. */
export interface WebStream {
  getReader(): { read(): Promise<unknown>; cancel(reason?: unknown): Promise<void> };
}

/** What an input turns out to be when it is opened. */
export type Resolved =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'url'; readonly url: URL }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly stream: ByteInput };

/** Limit of functions that return functions. */
const MAX_DEPTH = 8;
const IS_URL = /^(https?|file):/i;

/** Whether an input can be read again, and from any position. */
export function isRepeatable(input: SourceInput): input is RepeatableInput {
  return typeof input === 'string' || typeof input === 'function' || input instanceof URL || input instanceof Uint8Array;
}

/** @throws MediaSourceError for something that is not an input, and for a Response that is an error or was already read */
export async function resolveInput(input: SourceInput): Promise<Resolved> {
  let given: unknown = input;
  for (let depth = 0; typeof given === 'function' && depth < MAX_DEPTH; depth++) given = await (given as () => unknown)();
  if (given instanceof Uint8Array) return { kind: 'bytes', bytes: given };
  if (typeof given === 'string') return IS_URL.test(given) ? resolveUrl(toUrl(given)) : { kind: 'path', path: given };
  if (given instanceof URL) return resolveUrl(given);
  if (typeof given !== 'object' || given === null) throw noInput(given);
  if ('body' in given && 'bodyUsed' in given) return resolveResponse(given as Response);
  if (!('getReader' in given || Symbol.asyncIterator in given || Symbol.iterator in given)) throw noInput(given);
  return { kind: 'stream', stream: given as ByteInput };
}

function toUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (error) {
    throw new MediaSourceError('this is no URL, though it begins like one: check it', { cause: error });
  }
}

function resolveUrl(url: URL): Resolved {
  if (url.protocol === 'file:') return { kind: 'path', path: fileURLToPath(url) };
  if (url.protocol === 'http:' || url.protocol === 'https:') return { kind: 'url', url };
  throw new MediaSourceError(`a URL of ${url.protocol} cannot be read: pass one of http:, https: or file:, or a stream`);
}

function resolveResponse(response: Response): Resolved {
  if (!response.ok) throw new MediaSourceError(`the server answered ${response.status}: check response.ok before it is played`);
  if (response.bodyUsed) throw new MediaSourceError('this Response was read before: fetch it again, or pass the URL');
  return response.body === null
    ? { kind: 'bytes', bytes: new Uint8Array(0) }
    : { kind: 'stream', stream: response.body as unknown as ByteInput };
}

function noInput(given: unknown): MediaSourceError {
  const what = given === null ? 'null' : typeof given === 'object' ? 'an object without bytes' : `a value of type ${typeof given}`;
  return new MediaSourceError(
    `${what} is no source: pass a path, a URL, bytes, a readable stream, a Response, an iterable of bytes, or a function that gives one`,
  );
}
