/** Reads a `source()`: packets if it passes them unchanged, PCM if it would have to encode. */
import { opusPacketSamples } from '../../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';
import { CHANNELS } from '../../pcm/pcm.js';
import type { OpusDecoderFactory } from '../../opus/codec.js';
import type { Reading } from '../../sources/reading.js';
import { openSource, type SeekableSource, type StreamSource } from '../../sources/source.js';
import { WARM_UP_SAMPLES, type Media, type MediaReading, type Piece } from './media.js';

export function sourceMedia(source: SeekableSource | StreamSource, codec: OpusDecoderFactory | undefined): Media {
  return {
    repeatable: source.seekable,
    start: source.seekable ? Math.round(source.start * SAMPLES_PER_MS) : 0,
    open: (from) => new SourceReading(openSource(source, from / SAMPLES_PER_MS), from, codec),
  };
}

class SourceReading implements MediaReading {
  readonly #reading: Reading;
  readonly #from: number;
  readonly #pieces: AsyncGenerator<Uint8Array | Int16Array, undefined>;
  /** Where the next piece begins; unknown before the first, which may begin before the requested position. */
  #at: number | undefined;

  constructor(reading: Reading, from: number, codec: OpusDecoderFactory | undefined) {
    this.#reading = reading;
    this.#from = from;
    this.#pieces = reading.pieces(WARM_UP_SAMPLES, codec);
  }

  async next(): Promise<Piece | undefined> {
    let result: IteratorResult<Uint8Array | Int16Array, undefined>;
    try {
      result = await this.#pieces.next();
    } catch (error) {
      // A released reading ends without an error.
      if (this.#reading.released) return undefined;
      throw error;
    }
    if (result.done === true) {
      await this.#reading.release();
      return undefined;
    }
    const { value } = result;
    const isPcm = value instanceof Int16Array;
    this.#at ??= isPcm ? this.#from : Math.round(this.#reading.start * SAMPLES_PER_MS);
    const at = this.#at;
    const samples = isPcm ? value.length / CHANNELS : Number(opusPacketSamples(value));
    this.#at += samples;
    return isPcm ? { at, samples, pcm: value } : { at, samples, packet: value };
  }

  release(): void {
    void this.#reading.release().catch(() => undefined);
    void this.#pieces.return(undefined).catch(() => undefined);
  }
}
