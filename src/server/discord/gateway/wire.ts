/** How payloads are written on a WebSocket: as they are, or compressed. Source: Discord docs, Gateway, Transport Compression. */
import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';

/** Writes payloads one after another, each as a whole message. */
export interface Wire {
  /** Resolves when it was handed to the socket. Called again only after that. */
  encode(text: string): Promise<string | Buffer>;
  close(): void;
}

/** As they are. */
const PLAIN: Wire = { encode: (text) => Promise.resolve(text), close: () => undefined };

/** Only newer versions of Node have it, and its types are not those of the oldest that we run on. */
const { createZstdCompress } = zlib as { readonly createZstdCompress?: (options: object) => Transform };
/** ZSTD_e_flush; the constants are where the function is. */
const ZSTD_FLUSH = 1;

/** The wire for what was asked for; undefined where this Node cannot. */
export function openWire(compression: string | null): Wire | undefined {
  if (compression === null) return PLAIN;
  if (compression === 'zlib-stream') return new StreamWire(zlib.createDeflate({ flush: zlib.constants.Z_SYNC_FLUSH }));
  return compression === 'zstd-stream' && createZstdCompress !== undefined
    ? new StreamWire(createZstdCompress({ flush: ZSTD_FLUSH }))
    : undefined;
}

/** One context for the whole connection, flushed behind each payload: with zlib, each message ends in 00 00 FF FF. */
class StreamWire implements Wire {
  readonly #stream: Transform;
  #chunks: Buffer[] = [];

  constructor(stream: Transform) {
    this.#stream = stream;
    stream.on('readable', () => this.#drain());
    // Of a stream that is destroyed in mid-write.
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
