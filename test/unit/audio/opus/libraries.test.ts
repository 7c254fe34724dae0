/** Codecs of other libraries behind the port. A library that is not installed is named, and not checked. */
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import {
  createOpusDecoder,
  createOpusEncoder,
  decodeOpusFrames,
  discordjsOpus,
  evanOpus,
  libopusWasm,
  mediaplexOpus,
  OpusDecoderError,
  OpusEncoderError,
  type DiscordjsOpusModule,
  type EvanOpusModule,
  type MediaplexModule,
  type OpusEncoderOptions,
  type OpusLibrary,
} from '../../../../src/audio/index.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { hasFec, isSpeechCoded } from '../../../../src/audio/opus/fec.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { joined } from '../real-sound.js';
import { lost, packet, rms, strength, tone, toneFrames } from '../voice-packets.js';

const require = createRequire(import.meta.url);

interface Library {
  readonly name: string;
  readonly open: () => Promise<OpusLibrary>;
  /** The longest packet that it makes, in ms. */
  readonly longest: 60 | 120;
  readonly fec?: boolean;
  /** Whether it conceals losses itself; undefined if its stand-in cannot show that. */
  readonly conceals: boolean | undefined;
}

/** The codecs of `@evan/opus` behind the class of `@discordjs/opus` and mediaplex, including its check that it is given Buffers. */
function likeDiscordjs({ Encoder, Decoder }: EvanOpusModule): DiscordjsOpusModule {
  return {
    OpusEncoder: class {
      readonly #encoder = new Encoder({ channels: 2, sample_rate: 48_000 });
      readonly #decoder = new Decoder({ channels: 2, sample_rate: 48_000 });
      applyEncoderCTL(request: number, value: number): void {
        this.#encoder.ctl(request, value);
      }
      encode(pcm: Uint8Array): Uint8Array {
        if (!Buffer.isBuffer(pcm)) throw new RangeError('Provided input needs to be a buffer');
        return this.#encoder.encode(pcm);
      }
      decode(bytes: Uint8Array): Uint8Array {
        if (!Buffer.isBuffer(bytes)) throw new RangeError('Provided input needs to be a buffer');
        return this.#decoder.decode(bytes);
      }
    },
  };
}

const LIBRARIES: readonly Library[] = [
  { name: 'the default', open: async () => ({ decoder: createOpusDecoder, encoder: createOpusEncoder }), longest: 120, fec: true, conceals: true },
  { name: '@evan/opus', open: async () => evanOpus(require('@evan/opus') as EvanOpusModule), longest: 120, conceals: true },
  { name: '@evan/opus, WebAssembly', open: async () => evanOpus(require('@evan/opus/wasm/index.js') as EvanOpusModule), longest: 120, conceals: true },
  { name: 'mediaplex', open: async () => mediaplexOpus(require('mediaplex') as MediaplexModule), longest: 120, conceals: false },
  { name: '@discordjs/opus', open: async () => discordjsOpus(require('@discordjs/opus') as DiscordjsOpusModule), longest: 120, conceals: true },
  { name: 'what is shaped like @discordjs/opus', open: async () => discordjsOpus(likeDiscordjs(require('@evan/opus') as EvanOpusModule)), longest: 120, conceals: undefined },
  { name: 'libopus-wasm', open: async () => libopusWasm(await import('libopus-wasm')), longest: 60, fec: true, conceals: true },
];

const found = await Promise.all(
  LIBRARIES.map(async (library) => ({ library, opened: await library.open().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))) })),
);

describe.each(found)('$library.name', ({ library: { name, longest, fec = false, conceals }, opened }) => {
  if (opened instanceof Error) {
    it('(not checked)', () => console.warn(`not checked: ${name} does not load here: ${opened.message.split('\n')[0]}`));
    return;
  }
  const encoded = (frames: number, options: OpusEncoderOptions = {}): Uint8Array[] => {
    const encoder = opened.encoder(options);
    const packets = Array.from({ length: frames }, (_, n) => Uint8Array.from(encoder.encode(tone(440, 960, n * 960))));
    encoder.free?.();
    return packets;
  };

  it('decodes what it encodes: the same frequency, as strong', () => {
    const decoder = opened.decoder();
    const heard = joined(encoded(20).map((bytes) => decoder.decode(bytes)));
    decoder.free?.();
    expect(strength(heard.subarray(-9_600), 440)).toBeGreaterThan(11_000);
    expect(rms(heard.subarray(-9_600))).toBeLessThan(9_000);
  });

  it(`takes packets of 2.5 to 120 ms, and makes them up to ${longest} ms`, () => {
    for (const frameDuration of [2.5, 10, 40, 60, 80, 120] as const) {
      const samples = frameDuration * 48;
      const encoder = (frameDuration > longest ? createOpusEncoder : opened.encoder)({ frameDuration });
      const bytes = encoder.encode(tone(440, samples));
      expect(opusPacketSamples(bytes)).toBe(samples);
      expect(() => encoder.encode(new Int16Array(1_920))).toThrow(OpusEncoderError);
      encoder.free?.();
      const decoder = opened.decoder();
      expect(decoder.decode(bytes)).toHaveLength(2 * samples);
      decoder.free?.();
    }
  });

  it('heeds the options', () => {
    const bytes = (options: OpusEncoderOptions): number => encoded(15, options).reduce((sum, { length }) => sum + length, 0);
    expect(bytes({ bitrate: 128_000 })).toBeGreaterThan(2 * bytes({ bitrate: 32_000 }));
    const last = (options: OpusEncoderOptions): Uint8Array => encoded(10, { bitrate: 24_000, ...options }).at(-1)!;
    expect(isSpeechCoded(last({ application: 'voip', signal: 'voice' }))).toBe(true);
    expect(isSpeechCoded(last({ application: 'lowdelay' }))).toBe(false);
    expect(encoded(20, { application: 'voip', signal: 'voice', bitrate: 24_000, packetLoss: 30 }).filter(hasFec).length).toBeGreaterThan(5);
    expect(() => opened.encoder({ bitrate: 1 })).toThrow(VoiceOptionsError);
  });

  it('says of damage what is wrong, and goes on', () => {
    const decoder = opened.decoder();
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0xff, 0)]) expect(() => decoder.decode(bytes)).toThrow(OpusDecoderError);
    expect(decoder.decode(Uint8Array.of(0xfc, 0xff, 0xfe))).toHaveLength(1_920);
    decoder.free?.();
  });

  it(`conceals${fec ? ', and reads FEC' : ''}, in decodeOpus`, () => {
    const packets = toneFrames(20, 440, { application: 'voip', signal: 'voice', bitrate: 32_000, packetLoss: 30 });
    const events = packets.map((bytes, n) => (n === 12 ? lost(n) : ({ type: 'frame', packet: packet(bytes, n) } as const)));
    const got = [...decodeOpusFrames(events, { codec: opened.decoder })];
    expect(got.map(({ concealed }) => concealed)).toEqual(packets.map((_, n) => n === 12));
    expect(got.map(({ pcm }) => pcm.length)).toEqual(packets.map(() => 1_920));
    // The replacement of a loss is no louder than the sound around it, and has its pitch.
    if (conceals !== undefined) expect(strength(got[12]!.pcm, 440) / rms(got[12]!.pcm)).toBeGreaterThan(1.2);
    if (conceals !== undefined) expect(rms(got[12]!.pcm)).toBeLessThan(9_000);
    expect(rms(got[12]!.pcm)).toBeGreaterThan(2_000);
    const decoder = opened.decoder();
    expect(decoder.decodeFec !== undefined).toBe(fec);
    expect(decoder.conceal !== undefined).toBe(conceals ?? true);
    if (decoder.conceal === undefined) return;
    expect(() => decoder.conceal!(100)).toThrow(OpusDecoderError);
    for (const samples of [120, 1_080, 5_760]) expect(decoder.conceal!(samples)).toHaveLength(2 * samples);
    decoder.free?.();
  });
});

describe('libopus-wasm', () => {
  it('holds codecs ready, makes good what is taken, and says so where there are too few', async () => {
    const { decoder, encoder } = await libopusWasm(await import('libopus-wasm'), { decoders: 2, encoders: 1 });
    const taken = [decoder(), decoder()];
    encoder();
    expect(decoder).toThrow('raise the option decoders, which is 2');
    expect(encoder).toThrow('raise the option encoders, which is 1');
    taken.forEach((one) => one.free?.());
    await new Promise(setImmediate);
    expect(decoder().decode(Uint8Array.of(0xfc, 0xff, 0xfe))).toHaveLength(1_920);
    expect(encoder().encode(new Int16Array(1_920)).length).toBeGreaterThan(0);
  });
});
