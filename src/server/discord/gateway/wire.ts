/** How payloads are written on a WebSocket: plain, or compressed. Source: Discord docs, Gateway, Transport Compression. */
import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';

/** Writes payloads one after another, each as a whole message. */
export interface Wire {
  /** Resolves when the payload was handed to the socket. Called again only after that. */
  encode(text: string): Promise<string | Buffer>;
  close(): void;
}

/** Uncompressed. */
const PLAIN: Wire = { encode: (text) => Promise.resolve(text), close: () => undefined };

/** Only newer versions of Node have it, and the types of our oldest supported version lack it. */
const { createZstdCompress } = zlib as { readonly createZstdCompress?: (options: object) => Transform };
/** ZSTD_e_flush. Older versions of Node have neither the function nor its constants. */
const ZSTD_FLUSH = 1;

/** The wire for the requested compression; undefined if this Node does not support it. */
export function openWire(compression: string | null): Wire | undefined {
  if (compression === null) return PLAIN;
  if (compression === 'zlib-stream') return new StreamWire(zlib.createDeflate({ flush: zlib.constants.Z_SYNC_FLUSH }));
  return compression === 'zstd-stream' && createZstdCompress !== undefined
    ? new StreamWire(createZstdCompress({ flush: ZSTD_FLUSH }))
    : undefined;
}

/** One compression context for the whole connection, flushed after each payload: with zlib, each message ends in 00 00 FF FF. */
class StreamWire implements Wire {
  readonly #stream: Transform;
  #chunks: Buffer[] = [];

  constructor(stream: Transform) {
    this.#stream = stream;
    stream.on('readable', () => this.#drain());
    // The stream may be destroyed during a write.
    stream.on('error', () => undefined);
  }

  encode(text: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#stream.write(text, (error) => {
        if (error != null) return reject(error);
        this.#drain();
        const message = Buffer.concat(this.#chunks);
        this.#chunks = [];
        resolve(message);
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #drain(): void {
    for (let chunk: unknown; (chunk = this.#stream.read()) !== null;) this.#chunks.push(chunk as Buffer);
  }
}
