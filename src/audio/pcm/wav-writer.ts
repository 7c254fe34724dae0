/** Writes PCM to a WAV file that is valid at any moment, without knowing its final length. */
import { count, fields, type Check } from '../../checks/check.js';
import { VoiceOptionsError } from '../../errors.js';
import { BYTES_PER_SAMPLE, DEFAULT_WAV, encodeWav, MAX_WAV_BYTES, WAV, WAV_HEADER_BYTES, type WavOptions } from './wav.js';

const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = 40;

/** Bytes, and their position in the file. */
export interface FileChunk {
  readonly bytes: Uint8Array;
  /**
   * In bytes from the start of the file: its current end, further on after a hole (which reads as zeros), or 0 for a header that is
   * rewritten.
   */
  readonly position: number;
}

/** Options of {@link WavWriter}. */
export interface WavWriterOptions extends WavOptions {
  /** The maximum length of the file, in bytes. Default and maximum: 4 GiB, that is 6.2 hours at 48 kHz stereo. */
  readonly maxBytes?: number;
}

/** The defaults of a WAV writer; `maxBytes` is the most that the header can express. */
export const DEFAULT_WAV_WRITER = { ...DEFAULT_WAV, maxBytes: MAX_WAV_BYTES } as const satisfies Required<WavWriterOptions>;

const checkOptions = fields({
  ...WAV,
  maxBytes: count('a whole number of bytes, below 4 GiB', 1, MAX_WAV_BYTES),
} satisfies Readonly<Record<keyof WavWriterOptions, Check>>);

/**
 * Makes a WAV file (16-bit PCM), a second at a time. Pure: it takes samples, and gives chunks, each to be written at its position, in
 * this order. After each second of sound the header follows again, with the length so far: if the writer is killed, the file lacks only
 * the last second. For the layout see `encodeWav`.
 *
 * ```
 * writer.header()    the header of an empty file
 * writer.write(pcm)  nothing, or a second of sound and the new header
 * writer.silence(n)  the same, for zeros
 * writer.skip(n)     what has gathered since; the zeros are a hole
 * writer.flush()     what has gathered since, and the new header
 * ```
 */
export class WavWriter {
  readonly #header: Uint8Array;
  readonly #block: number;
  readonly #channels: number;
  readonly #maxSamples: number;
  #buffer: Uint8Array;
  #filled = 0;
  #dataBytes = 0;
  /** Whether the file currently ends in a hole. */
  #hole = false;

  /** @throws VoiceOptionsError for an unknown option, or one that is out of range */
  constructor(options: WavWriterOptions = {}) {
    checkOptions('', options);
    const {
      sampleRate = DEFAULT_WAV_WRITER.sampleRate,
      channels = DEFAULT_WAV_WRITER.channels,
      maxBytes = DEFAULT_WAV_WRITER.maxBytes,
    } = options;
    this.#header = encodeWav([], { sampleRate, channels });
    this.#channels = channels;
    this.#block = channels * BYTES_PER_SAMPLE;
    const least = WAV_HEADER_BYTES + this.#block * sampleRate;
    if (maxBytes < least) throw new VoiceOptionsError('maxBytes', `must have room for a second, ${least} bytes or more, and is ${maxBytes}`);
    this.#maxSamples = Math.floor((maxBytes - WAV_HEADER_BYTES) / this.#block);
    this.#buffer = new Uint8Array(this.#block * sampleRate);
  }

  /** Samples per channel so far. */
  get samples(): number {
    return (this.#dataBytes + this.#filled) / this.#block;
  }

  /** Samples per channel in the chunks returned so far. */
  get samplesOut(): number {
    return this.#dataBytes / this.#block;
  }

  /** Samples per channel that still fit. */
  get room(): number {
    return this.#maxSamples - this.samples;
  }

  /** The start of the file, before any sound. */
  header(): readonly FileChunk[] {
    return [this.#headerChunk()];
  }

  /**
   * Adds samples, interleaved.
   *
   * @throws RangeError if they are not whole frames of all channels, or exceed `room`; then nothing is added
   */
  write(pcm: Int16Array): readonly FileChunk[] {
    const samples = pcm.length / this.#channels;
    if (!Number.isInteger(samples)) throw new RangeError(`${pcm.length} samples are not a whole number of frames`);
    this.#checkRoom(samples);
    return this.#gather(pcm.length * BYTES_PER_SAMPLE, (view, at, from, to) => {
      for (let i = from; i < to; i += BYTES_PER_SAMPLE, at += BYTES_PER_SAMPLE) view.setInt16(at, pcm[i >> 1]!, true);
    });
  }

  /**
   * Adds silence.
   *
   * @param samples per channel
   * @throws RangeError if it does not fit
   */
  silence(samples: number): readonly FileChunk[] {
    this.#checkRoom(samples);
    // A new buffer contains zeros.
    return this.#gather(samples * this.#block, () => undefined);
  }

  /**
   * Adds silence of any length as a hole, at no cost: the next chunk has a later position. A target that has no holes needs the zeros
   * filled in.
   *
   * @param samples per channel
   * @throws RangeError if it does not fit
   */
  skip(samples: number): readonly FileChunk[] {
    this.#checkRoom(samples);
    const chunks = this.flush();
    this.#dataBytes += samples * this.#block;
    this.#hole = true;
    return chunks;
  }

  /** The buffered samples, and the header that counts them; empty if nothing is buffered. After a hole, the chunk may be empty, at its end. */
  flush(): readonly FileChunk[] {
    if (this.#filled === 0 && !this.#hole) return [];
    const bytes = this.#buffer.subarray(0, this.#filled);
    const position = WAV_HEADER_BYTES + this.#dataBytes;
    this.#dataBytes += this.#filled;
    // A new buffer, because the old one may wait for a slow disk.
    this.#buffer = new Uint8Array(this.#buffer.length);
    this.#filled = 0;
    this.#hole = false;
    return [{ bytes, position }, this.#headerChunk()];
  }

  /** Same as `flush()`: a WAV file has no end mark. */
  end(): readonly FileChunk[] {
    return this.flush();
  }

  #gather(bytes: number, copy: (view: DataView, at: number, from: number, to: number) => void): readonly FileChunk[] {
    const chunks: FileChunk[] = [];
    for (let from = 0; from < bytes; ) {
      const to = Math.min(bytes, from + this.#buffer.length - this.#filled);
      copy(new DataView(this.#buffer.buffer), this.#filled, from, to);
      this.#filled += to - from;
      from = to;
      if (this.#filled === this.#buffer.length) chunks.push(...this.flush());
    }
    return chunks;
  }

  #headerChunk(): FileChunk {
    const bytes = this.#header.slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(RIFF_SIZE_AT, WAV_HEADER_BYTES - 8 + this.#dataBytes, true);
    view.setUint32(DATA_SIZE_AT, this.#dataBytes, true);
    return { bytes, position: 0 };
  }

  #checkRoom(samples: number): void {
    if (samples <= this.room) return;
    throw new RangeError(`there is room for ${this.room} more samples in this WAV file, not for ${samples}: begin another one`);
  }
}
