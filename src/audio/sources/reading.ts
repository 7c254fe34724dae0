/** One reading of an input, from opening to end: each play has one. */
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { OpusFrame } from '../../types.js';
import { ByteSource } from '../bytes/byte-source.js';
import { MediaFormatError } from '../errors.js';
import { oggOpusParts } from '../ogg/ogg-opus.js';
import type { OpusDecoderFactory } from '../opus/codec.js';
import { opusFrames } from '../opus/frames.js';
import { PcmBlocks } from '../pcm/blocks.js';
import { PcmConverter } from '../pcm/converter.js';
import { SAMPLE_BYTES } from '../pcm/samples.js';
import { encodeOpus } from '../steps/encode-opus.js';
import { chain } from '../steps/step.js';
import { FfmpegDecoding, ffmpegFor } from './ffmpeg/decode.js';
import { OpenedInput } from './input/opened-input.js';
import type { SourceInput } from './input/input.js';
import { FileDecoder } from './opus-decoder.js';
import { DEFAULT_SOURCE_OPTIONS, type SourceOptions } from './options.js';
import { partsFrom } from './parts-from.js';
import { chooseRoute } from './route/choose.js';
import type { FfmpegRoute, PassthroughRoute, PcmRoute, Route } from './route/route.js';
import { openWav } from './route/wav.js';

/** A decoder needs this much before a position to sound right there: 80 ms. Source: RFC 7845 section 4.6. */
const PRE_ROLL_SAMPLES = 3_840;

export class Reading {
  readonly input: OpenedInput;
  readonly #options: SourceOptions;
  readonly #at: number;
  readonly #ffmpeg: FfmpegDecoding;
  #route: Promise<Route> | undefined;
  #released = false;
  /** Where the first frame begins, in ms: the packet that contains the requested position may begin before it. */
  #start: number;

  /** @param at where to begin, in ms */
  constructor(input: SourceInput, options: SourceOptions, at = 0) {
    this.input = new OpenedInput(input, options);
    this.#options = options;
    this.#at = at;
    this.#start = at;
    this.#ffmpeg = new FfmpegDecoding(this.input, options);
  }

  /** Whether the consumer has released it. */
  get released(): boolean {
    return this.#released;
  }

  get start(): number {
    return this.#start;
  }

  get #filtered(): boolean {
    return (this.#options.filters ?? []).length > 0;
  }

  /** Opens the input and looks at it, once. */
  route(): Promise<Route> {
    return (this.#route ??= chooseRoute(this.input, this.#options));
  }

  /** The sound as packets. */
  async *frames(): AsyncGenerator<OpusFrame, undefined> {
    const { bitrate = DEFAULT_SOURCE_OPTIONS.bitrate, encoder } = this.#options;
    const encoded = encodeOpus(encoder === undefined ? { bitrate } : { bitrate, encoder });
    return yield* (await this.#packets(0)) ?? encoded(this.blocks());
  }

  /**
   * The sound without encoding it here: packets if they are passed unchanged or made by ffmpeg, otherwise PCM.
   *
   * @param warmUp packets begin this many samples early, to warm up a decoder; see `start`
   */
  async *pieces(warmUp: number, codec?: OpusDecoderFactory): AsyncGenerator<OpusFrame | Int16Array, undefined> {
    return yield* (await this.#packets(warmUp)) ?? this.blocks(codec);
  }

  /** The sound as PCM: blocks of 20 ms; the last one may be shorter. */
  async *blocks(codec?: OpusDecoderFactory): AsyncGenerator<Int16Array, undefined> {
    const route = await this.route();
    const pieces =
      route.via === 'passthrough' ? this.#decoded(route, codec) : route.via === 'pcm' ? this.#converted(route) : this.#byFfmpeg(route);
    const { filters = [] } = this.#options;
    const filtered = filters.length === 0 ? pieces : chain(...filters)(pieces);
    const blocks = new PcmBlocks();
    let failure: { readonly error: unknown } | undefined;
    try {
      for await (const piece of filtered) for (const block of blocks.push(piece)) yield block;
    } catch (error) {
      failure = { error };
    }
    // PCM from before an error is still given.
    const rest = blocks.flush();
    if (rest.length > 0) yield rest;
    if (failure !== undefined) throw failure.error;
    return undefined;
  }

  /** Releases everything, also while it is awaited. */
  async release(): Promise<void> {
    this.#released = true;
    await Promise.all([this.input.release(), this.#ffmpeg.release()]);
  }

  /** Undefined if packets would have to be encoded here. */
  async #packets(warmUp: number): Promise<AsyncGenerator<OpusFrame, undefined> | undefined> {
    const route = await this.route();
    const { bitrate = DEFAULT_SOURCE_OPTIONS.bitrate, outputGain = DEFAULT_SOURCE_OPTIONS.outputGain } = this.#options;
    if (route.via === 'passthrough' && !this.#filtered && (route.head.outputGain === 0 || outputGain === 'ignore')) {
      if (this.#at === 0) return opusFrames(route.parts());
      const from = partsFrom(route.parts(), Math.max(0, this.#at * SAMPLES_PER_MS - warmUp), (samples) => {
        this.#start = samples / SAMPLES_PER_MS;
      });
      return opusFrames(from);
    }
    if (route.via !== 'ffmpeg') return undefined;
    const ffmpeg = await ffmpegFor(route, this.#options);
    if (!ffmpeg.libopus || this.#filtered) return undefined;
    return opusFrames(oggOpusParts(await this.#ffmpeg.open(ffmpeg, route, { kind: 'opus', bitrate }, this.#at)));
  }

  async *#decoded(route: PassthroughRoute, codec: OpusDecoderFactory | undefined): AsyncGenerator<Int16Array, void> {
    const { onDamage, outputGain = DEFAULT_SOURCE_OPTIONS.outputGain } = this.#options;
    const decoder = new FileDecoder({
      codec,
      outputGain: outputGain === 'apply',
      onUndecodable: (bytes, error) =>
        onDamage?.({ reason: 'undecodable', offset: undefined, bytes, message: error instanceof Error ? error.message : String(error) }),
    });
    const from = Math.round(this.#at * SAMPLES_PER_MS);
    const parts = partsFrom(route.parts(), from - PRE_ROLL_SAMPLES, (samples) => decoder.skip(from - samples));
    try {
      for await (const part of parts) yield* decoder.step(part);
    } catch (error) {
      yield decoder.flush();
      throw error;
    } finally {
      decoder.free();
    }
    yield decoder.flush();
  }

  async *#converted({ source, format, bytes }: PcmRoute): AsyncGenerator<Int16Array, void> {
    const frameBytes = SAMPLE_BYTES[format.format] * format.channels;
    const before = Math.floor((this.#at * format.sampleRate) / 1000) * frameBytes;
    await source.skip(Math.min(before, bytes));
    yield* this.#pcm(source, new PcmConverter(format), Math.max(0, bytes - before));
  }

  async *#byFfmpeg(route: FfmpegRoute): AsyncGenerator<Int16Array, void> {
    const ffmpeg = await ffmpegFor(route, this.#options);
    const output = await this.#ffmpeg.open(ffmpeg, route, { kind: 'pcm' }, this.#at);
    const { header, offset } = await openWav(output);
    await output.skip(offset);
    const format = { sampleRate: header.sampleRate, channels: header.channels === 1 ? 1 : 2, format: 's16' } as const;
    yield* this.#pcm(output, new PcmConverter(format), Number.POSITIVE_INFINITY);
  }

  async *#pcm(source: ByteSource, converter: PcmConverter, bytes: number): AsyncGenerator<Int16Array, void> {
    let left = bytes;
    for (let piece = await source.read(); piece !== undefined && left > 0; piece = await source.read()) {
      yield converter.push(piece.subarray(0, left));
      left -= piece.length;
      if (left <= 0) break;
    }
    yield converter.flush();
    const missing = left > 0 && left < Number.POSITIVE_INFINITY;
    if (!this.#released && (missing || converter.open > 0)) {
      throw new MediaFormatError('this PCM is cut off: fetch it again, or make it anew. All before is given', source.bytesRead);
    }
  }
}
