import fc from 'fast-check';
import OpusScript from 'opusscript';
import { afterEach, describe, expect, it } from 'vitest';
import { createOpusDecoder, createOpusEncoder, OggOpusWriter, OpusDecoderError, pcm, type OpusDecoder } from '../../../../src/audio/index.js';
import { joined } from '../real-sound.js';
import { strength, tone } from '../voice-packets.js';

const decoders: OpusDecoder[] = [];
const opened = (): OpusDecoder => {
  const decoder = createOpusDecoder();
  decoders.push(decoder);
  return decoder;
};
afterEach(() => {
  for (const decoder of decoders.splice(0)) decoder.free();
});

const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

/** A 440 Hz tone, left channel only, of `frames` frames of 20 ms. */
function toneFrames(frames: number): Uint8Array[] {
  const encoder = new OpusScript(48_000, 2, OpusScript.Application.AUDIO);
  encoder.setBitrate(96_000);
  const packets = Array.from({ length: frames }, (_, frame) => {
    const pcm = new Int16Array(1920);
    for (let i = 0; i < 960; i++) pcm[2 * i] = 12_000 * Math.sin((2 * Math.PI * 440 * (frame * 960 + i)) / 48_000);
    return Uint8Array.from(encoder.encode(Buffer.from(pcm.buffer), 960));
  });
  encoder.delete();
  return packets;
}

describe('a decoder', () => {
  it('gives 48 kHz stereo, left and right interleaved, in the amplitude that was encoded', () => {
    const decoder = opened();
    const last = toneFrames(10).map((frame) => decoder.decode(frame)).at(-1)!;
    expect(last).toHaveLength(1920);
    const rms = (side: number): number => Math.sqrt(last.reduce((sum, s, i) => sum + (i % 2 === side ? s * s : 0), 0) / 960);
    expect(rms(0)).toBeGreaterThan(7_500);
    expect(rms(0)).toBeLessThan(9_500);
    expect(rms(1)).toBeLessThan(1_000);
  });

  it('gives arrays that are the caller’s', () => {
    const decoder = opened();
    const [first, second] = toneFrames(2) as [Uint8Array, Uint8Array];
    const pcm = decoder.decode(first);
    const before = pcm.slice();
    decoder.decode(second);
    expect(pcm).toEqual(before);
  });

  it('plays mono silence as stereo silence', () => {
    expect(opened().decode(SILENCE)).toEqual(new Int16Array(1920));
  });

  it.each([2.5, 5, 10, 20, 40, 60, 80, 100, 120] as const)('decodes packets of %d ms, of speech and of music', (frameDuration) => {
    for (const application of ['voip', 'audio'] as const) {
      const encoder = createOpusEncoder({ frameDuration, application, bitrate: 32_000 });
      const decoder = opened();
      const samples = frameDuration * 48;
      const blocks = Array.from({ length: Math.ceil(9_600 / samples) + 1 }, (_, n) => decoder.decode(encoder.encode(tone(440, samples, n * samples))));
      encoder.free();
      expect(blocks.map(({ length }) => length)).toEqual(blocks.map(() => 2 * samples));
      expect(strength(joined(blocks).subarray(-9_600), 440)).toBeGreaterThan(10_000);
    }
  });

  it('and pcm() does so, of an Ogg file, with nothing to complain of', async () => {
    const encoder = createOpusEncoder({ frameDuration: 120 });
    const writer = new OggOpusWriter();
    const bytes = [writer.header()];
    for (let n = 0; n < 5; n++) bytes.push(...writer.write(encoder.encode(tone(440, 5_760, n * 5_760))));
    encoder.free();
    bytes.push(...writer.end());
    const damage: unknown[] = [];
    const blocks: Int16Array[] = [];
    for await (const block of pcm(Buffer.concat(bytes), { onDamage: (place) => damage.push(place) })) blocks.push(block.pcm);
    expect(damage).toEqual([]);
    expect(strength(joined(blocks).subarray(-9_600), 440)).toBeGreaterThan(10_000);
  });

  it.each([
    ['empty', new Uint8Array(0), 'empty'],
    ['no Opus packet', Uint8Array.of(0xff, 0), 'no frame'],
    ['longer than 120 ms', Uint8Array.of(0xfb, 0x07, ...new Uint8Array(7)), '120 ms'],
  ])('refuses what is %s', (_what, frame, text) => {
    const decoder = opened();
    expect(() => decoder.decode(frame)).toThrow(OpusDecoderError);
    expect(() => decoder.decode(frame)).toThrow(text);
    expect(decoder.decode(SILENCE)).toHaveLength(1920);
  });

  it('gives PCM or its error for anything, and goes on', () => {
    const decoder = opened();
    const bytes = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 1300 })).map(([toc, rest]) => Uint8Array.of(toc, ...rest));
    const decode = (frame: Uint8Array): void => {
      try {
        expect(decoder.decode(frame).length % 240).toBe(0);
      } catch (error) {
        if (!(error instanceof OpusDecoderError)) throw error;
        expect(error.message).not.toContain('crashed');
      }
    };
    fc.assert(fc.property(bytes, decode), { seed: 20_261_121, numRuns: 1_000 });
    expect(decoder.decode(SILENCE)).toHaveLength(1920);
  });

  it('says so when it is used after free(), which may be called twice', () => {
    const decoder = opened();
    decoder.free();
    decoder.free();
    expect(() => decoder.decode(SILENCE)).toThrow('freed');
  });
});

describe('a hundred decoders at once', () => {
  it('do not touch each other', () => {
    const frames = toneFrames(6);
    const alone = opened();
    const wanted = frames.map((frame) => [...alone.decode(frame)].join());
    const many = Array.from({ length: 100 }, opened);
    frames.forEach((frame, i) => {
      const wrong = many.filter((decoder) => [...decoder.decode(frame)].join() !== wanted[i]);
      expect(wrong).toHaveLength(0);
    });
  });
});

it('starts afresh in memory that another decoder gave back', () => {
  const frames = toneFrames(6);
  const run = (decoder: OpusDecoder): string => frames.map((frame) => [...decoder.decode(frame)].join()).join();
  const first = createOpusDecoder();
  const wanted = run(first);
  first.free();
  for (let i = 0; i < 40; i++) {
    const next = createOpusDecoder();
    expect(run(next)).toBe(wanted);
    next.free();
  }
});

it('an error has a code, and says that trying again is no use', () => {
  expect(new OpusDecoderError('x')).toMatchObject({ code: 'opus-decoder', retryable: false, name: 'OpusDecoderError' });
});
