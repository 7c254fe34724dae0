import { describe, expect, it } from 'vitest';
import { encodeWav, pcm, probe, source, type SourceInput, type SourceOptions } from '../../../../src/audio/index.js';
import { collect } from '../../../support/collect.js';
import { ascii, concat } from '../../../support/ogg-writer.js';
import { strength, tone } from '../voice-packets.js';

const u16 = (value: number): Uint8Array => Uint8Array.of(value & 255, value >> 8);
const u32 = (value: number): Uint8Array => concat([u16(value & 0xffff), u16(value >>> 16)]);
const chunk = (id: string, body: Uint8Array, size = body.length): Uint8Array =>
  concat([ascii(id), u32(size), body, new Uint8Array(body.length % 2)]);
const format = (coding: number, channels: number, rate: number, bits: number, extension: Uint8Array = new Uint8Array(0)): Uint8Array =>
  chunk('fmt ', concat([u16(coding), u16(channels), u32(rate), u32((rate * channels * bits) / 8), u16((channels * bits) / 8), u16(bits), extension]));
const wav = (...chunks: Uint8Array[]): Uint8Array => concat([ascii('RIFF'), u32(0xffff_ffff), ascii('WAVE'), ...chunks]);

async function heard(input: SourceInput, options: SourceOptions = {}): Promise<{ samples: Int16Array; error: unknown }> {
  const { items, error } = await collect(pcm(input, options));
  return { samples: Int16Array.from(items.flatMap((block) => [...block.pcm])), error };
}

describe('a WAV file', () => {
  const sound = tone(440, 4_800);
  const bytes = new Uint8Array(sound.buffer);

  it('is heard to the sample, whatever stands between its chunks', async () => {
    const file = wav(chunk('JUNK', new Uint8Array(7)), format(1, 2, 48_000, 16), chunk('LIST', concat([ascii('INFOINAM'), u32(5), ascii('Song\0\0')])), chunk('data', bytes), chunk('id3 ', new Uint8Array(40))); // prettier-ignore
    const { samples, error } = await heard(file);
    expect(error).toBeUndefined();
    expect(samples).toEqual(sound);
    expect(await probe(file)).toMatchObject({ via: 'pcm', container: 'WAV', codec: 'pcm', duration: 100, channels: 2, sampleRate: 48_000 });
    expect((await probe(file)).tags.get('TITLE')).toBe('Song');
  });

  it.each([0, 0xffff_ffff])('that does not know its length (%d) goes on up to the end', async (size) => {
    expect((await heard(wav(format(1, 2, 48_000, 16), chunk('data', bytes, size)))).samples).toEqual(sound);
    expect((await probe(wav(format(1, 2, 48_000, 16), chunk('data', bytes, size)))).duration).toBeUndefined();
  });

  it('says in an extension what it is', async () => {
    const extension = concat([u16(22), u16(16), u32(3), u16(1), new Uint8Array(14)]);
    expect((await heard(wav(format(0xfffe, 2, 48_000, 16, extension), chunk('data', bytes)))).samples).toEqual(sound);
  });

  it('that is cut off gives what is there, then the error', async () => {
    const file = wav(format(1, 2, 48_000, 16), chunk('data', bytes));
    for (const length of [20, 40, 44, 47, 1_000, file.length - 1]) {
      const { samples, error } = await heard(file.subarray(0, length));
      expect((error as Error).message).toContain('cut off');
      expect(samples).toEqual(sound.subarray(0, 2 * Math.max(0, Math.floor((length - 44) / 4))));
    }
  });

  it('without a format says so', async () => {
    expect(((await heard(wav(chunk('data', bytes)))).error as Error).message).toContain('no fmt chunk');
  });

  it.each([
    ['ADPCM', format(2, 2, 48_000, 4), 'coded'],
    ['six channels', format(1, 6, 48_000, 16), '6 channels'],
    ['an impossible rate', format(1, 1, 12, 16), '12 Hz'],
  ])('of %s is for ffmpeg', async (_what, head, why) => {
    const { error } = await heard(wav(head, chunk('data', bytes)), { ffmpeg: '/nowhere/ffmpeg' });
    expect(error).toMatchObject({ code: 'ffmpeg' });
    expect((error as Error).message).toContain(why);
  });

});

describe('speech', () => {
  it.each([16_000, 24_000])('of %d Hz mono, without a header, is played at its pitch', async (rate) => {
    const mono = Int16Array.from({ length: rate }, (_, i) => Math.round(10_000 * Math.sin((2 * Math.PI * 440 * i) / rate)));
    const raw = { sampleRate: rate, channels: 1, format: 's16' } as const;
    const { samples, error } = await heard(new Uint8Array(mono.buffer), { raw });
    expect(error).toBeUndefined();
    expect(samples.length).toBe(2 * 48_000);
    expect(strength(samples.subarray(9_600, 86_400), 440)).toBeCloseTo(10_000, -2);
    const { items } = await collect(source(encodeWav([mono], { sampleRate: rate, channels: 1 })));
    // A second, and the packet that the encoder's look-ahead needs.
    expect(items.length).toBe(51);
  });

  it('may come as a stream that is cut anywhere', async () => {
    const raw = { sampleRate: 48_000, channels: 2, format: 's16' } as const;
    const bytes = new Uint8Array(tone(300, 2_000).buffer);
    function* pieces(): Generator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 333) yield bytes.subarray(at, at + 333);
    }
    expect((await heard(pieces(), { raw })).samples).toEqual(tone(300, 2_000));
  });
});
