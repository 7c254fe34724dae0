/** Adapters for `@discordjs/opus`, and for `mediaplex`, which has the same interface: native codecs. */
import { APPLICATIONS, SET } from '../libopus.js';
import { bytesLibrary, type BytesLibrary, type OpusLibrary } from './library.js';

/** A native codec, which passes bytes. */
export interface NativeOpus {
  encode(pcm: Uint8Array): Uint8Array;
  decode(packet: Uint8Array): Uint8Array;
}

/** The part of the module `@discordjs/opus` that is used. */
export interface DiscordjsOpusModule {
  readonly OpusEncoder: new (sampleRate: number, channels: number) => NativeOpus & { applyEncoderCTL(request: number, value: number): void };
}

/** The part of the module `mediaplex` that is used. */
export interface MediaplexModule {
  readonly OpusEncoder: new (sampleRate: number, channels: number) => NativeOpus & { applyEncoderCtl(request: number, value: number): void };
}

/**
 * Opus by `@discordjs/opus`, which is compiled or downloaded when it is installed.
 *
 * ```ts
 * const { decoder } = discordjsOpus(require('@discordjs/opus'));
 * recordTo('recordings', { files: ['user-wav'], codec: decoder });
 * ```
 */
export function discordjsOpus({ OpusEncoder }: DiscordjsOpusModule): OpusLibrary {
  return native({ name: '@discordjs/opus', conceals: true }, () => {
    const codec = new OpusEncoder(48_000, 2);
    return { codec, set: (request, value) => codec.applyEncoderCTL(request, value) };
  });
}

/**
 * Opus by `mediaplex`, which contains its native codec: see {@link discordjsOpus} for how to pass it. It is a translation of libopus to
 * Rust, whose concealment of speech is noise at full scale; so losses are filled by repetition.
 */
export function mediaplexOpus({ OpusEncoder }: MediaplexModule): OpusLibrary {
  return native({ name: 'mediaplex', conceals: false }, () => {
    const codec = new OpusEncoder(48_000, 2);
    return { codec, set: (request, value) => codec.applyEncoderCtl(request, value) };
  });
}

interface NativeCodec {
  readonly codec: NativeOpus;
  readonly set: (request: number, value: number) => void;
}

function native(library: Pick<BytesLibrary, 'name' | 'conceals'>, make: () => NativeCodec): OpusLibrary {
  return bytesLibrary({
    ...library,
    makeDecoder: () => make().codec,
    makeEncoder({ application }, requests) {
      const { codec, set } = make();
      // libopus allows this until the first frame.
      set(SET.application, APPLICATIONS[application]);
      for (const [request, value] of requests) set(request, value);
      return codec;
    },
  });
}
