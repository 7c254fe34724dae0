/** An adapter for the classes of `@evan/opus`: native if there is a binary for the machine, else the same WebAssembly as the default. */
import { APPLICATIONS, SET } from '../libopus.js';
import { bytesLibrary, type OpusLibrary } from './library.js';

/** The part of the module that is used. */
export interface EvanOpusModule {
  readonly Encoder: new (options: { readonly channels: 2; readonly sample_rate: 48000 }) => {
    encode(pcm: Uint8Array): Uint8Array;
    ctl(request: number, value: number): unknown;
  };
  readonly Decoder: new (options: { readonly channels: 2; readonly sample_rate: 48000 }) => { decode(packet: Uint8Array): Uint8Array };
}

const STEREO = { channels: 2, sample_rate: 48_000 } as const;

/**
 * Opus by the native codec of `@evan/opus`, which is installed with rxvoice, and encodes a third faster than its WebAssembly build.
 *
 * ```ts
 * const { decoder } = evanOpus(require('@evan/opus'));
 * session.receive().pipe(reorder(), decodeOpus({ codec: decoder }));
 * ```
 */
export function evanOpus({ Encoder, Decoder }: EvanOpusModule): OpusLibrary {
  return bytesLibrary({
    name: '@evan/opus',
    conceals: true,
    makeDecoder: () => new Decoder(STEREO),
    makeEncoder({ application }, requests) {
      const codec = new Encoder(STEREO);
      codec.ctl(SET.application, APPLICATIONS[application]);
      for (const [request, value] of requests) codec.ctl(request, value);
      return codec;
    },
  });
}
