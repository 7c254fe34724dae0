/** The bytes behind a URL. */
import { deadline } from '../../../deadline.js';
import type { ByteInput } from '../../bytes/byte-source.js';
import { MediaSourceError } from '../../errors.js';
import { DEFAULT_SOURCE_OPTIONS, type SourceOptions } from '../options.js';
import { steadyScheduler } from '../../../steady-scheduler.js';

const PARTIAL = 206;

/** The options that concern URLs. */
export type HttpOptions = Pick<SourceOptions, 'headers' | 'fetch' | 'stallTimeout' | 'scheduler'>;

/**
 * The bytes that a server sends, from an offset on. The request is made when the first byte is read. If the server does not support ranges,
 * the bytes before the offset are discarded. Errors name only the host, because the rest of a URL often is a key.
 */
export function httpBytes(url: URL, options: HttpOptions, from = 0): ByteInput {
  const abort = new AbortController();
  return {
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
      const { fetch = globalThis.fetch, headers = {} } = options;
      const range = from > 0 ? { ...headers, range: `bytes=${from}-` } : { ...headers };
      const response = await inTime(fetch(url, { headers: range, signal: abort.signal }), url, 0);
      if (!response.ok) throw refused(url, response.status);
      if (response.body === null) return;
      const reader = response.body.getReader();
      let bytes = 0;
      let skip = response.status === PARTIAL ? 0 : from;
      try {
        for (;;) {
          const { done, value } = await inTime(reader.read(), url, bytes);
          if (done) return;
          bytes += value.length;
          const rest = value.subarray(Math.min(skip, value.length));
          skip -= value.length - rest.length;
          if (rest.length > 0) yield rest;
        }
      } finally {
        abort.abort();
      }
    },
    cancel: () => abort.abort(),
  } as ByteInput;

  /** Returns the answer, or fails if the server sends nothing for `stallTimeout`. */
  function inTime<T>(answer: Promise<T>, { host }: URL, bytes: number): Promise<T> {
    const { stallTimeout = DEFAULT_SOURCE_OPTIONS.stallTimeout, scheduler = steadyScheduler } = options;
    return new Promise<T>((resolve, reject) => {
      const timer = deadline(stallTimeout, scheduler, () => {
        const message = `${host} sent nothing for ${stallTimeout} ms, after ${bytes} bytes: try again, or raise stallTimeout`;
        reject(new MediaSourceError(message, { retryable: true }));
        abort.abort();
      });
      answer.then(resolve, (error: unknown) => reject(broken(host, bytes, error))).finally(() => timer.unsubscribe());
    });
  }
}

function refused({ host }: URL, status: number): MediaSourceError {
  const cure =
    status === 401 || status === 403
      ? 'it wants a key or another header (options.headers), or the address has expired'
      : status === 404 || status === 410
        ? 'there is nothing at this address (any more)'
        : 'check the address, or try again later';
  return new MediaSourceError(`${host} answered ${status}: ${cure}`, { retryable: status >= 500 || status === 429 });
}

function broken(host: string, bytes: number, error: unknown): MediaSourceError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const said = cause instanceof Error ? cause.message : String(cause);
  const what = bytes === 0 ? `${host} cannot be reached` : `${host} broke off after ${bytes} bytes`;
  return new MediaSourceError(`${what} (${said}): check the address and the network, or try again`, { cause: error, retryable: true });
}
