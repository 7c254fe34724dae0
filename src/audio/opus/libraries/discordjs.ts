/** `@discordjs/opus` and `mediaplex`, which is shaped like it: native codecs. */
import { APPLICATIONS, SET } from '../libopus.js';
import { bytesLibrary, type BytesLibrary, type OpusLibrary } from './library.js';

/** A codec of theirs, that passes bytes. */
export interface NativeOpus {
  encode(pcm: Uint8Array): Uint8Array;
  decode(packet: Uint8Array): Uint8Array;
}

/** What is used of the module `@discordjs/opus`. */
export interface DiscordjsOpusModule {
  readonly OpusEncoder: new (sampleRate: number, channels: number) => NativeOpus & { applyEncoderCTL(request: number, value: number): void };
}

/** What is used of the module `mediaplex`. */
export interface MediaplexModule {
  readonly OpusEncoder: new (sampleRate: number, channels: number) => NativeOpus & { applyEncoderCtl(request: number, value: number): void };
}

/**
 * Opus by `@discordjs/opus`, which is compiled at its installation, or downloaded.
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
 * Opus by `mediaplex`, which brings its native codec with it: see {@link discordjsOpus} for how to pass it. It is a translation of libopus
 * into Rust, whose concealment of speech is noise at full scale; so losses are filled by repetition.
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
      // libopus lets it be changed until the first frame.
      set(SET.application, APPLICATIONS[application]);
      for (const [request, value] of requests) set(request, value);
      return codec;
    },
  });
}
