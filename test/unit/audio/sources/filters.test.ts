/** The filters between a source, or PCM, and its output. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { chain, fadeOut, pcm, probe, source, timescale, volume, type PcmFilter } from '../../../../src/audio/index.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { collect, texts } from '../../../support/collect.js';
import { oggFile } from '../../../support/ogg-writer.js';
import { difference, whole } from '../../../support/sound.js';
import { strength, toneFrames } from '../voice-packets.js';

const packets = toneFrames(100);
const song = oggFile(packets);
const wav = { raw: { sampleRate: 24_000, channels: 1, format: 's16' } } as const;
const speech = new Uint8Array(Int16Array.from({ length: 24_000 }, (_, n) => 10_000 * Math.sin(n / 20)).buffer);

async function heard(filters: readonly PcmFilter[], from = 0): Promise<Int16Array> {
  const { items, error } = await collect(pcm(song, { filters, from }));
  expect(error).toBeUndefined();
  return whole(items.map((frame) => frame.pcm));
}

/** A stream whose bytes come in small pieces, and whether it was released. */
function stream(bytes: Uint8Array): { readonly input: AsyncIterable<Uint8Array>; readonly released: () => boolean } {
  let released = false;
  return {
    released: () => released,
    input: (async function* () {
      try {
        for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
      } finally {
        released = true;
      }
    })(),
  };
}

describe('the filters of a source', () => {
  it('are heard in the frames, and the sound is as long as before', async () => {
    const plain = await collect(source(song));
    const half = await collect(source(song, { filters: [volume(0.5)] }));
    expect(texts(plain.items)).toEqual(texts(packets));
    const decoded = async (frames: readonly Uint8Array[]): Promise<Int16Array> =>
      whole((await collect(pcm(oggFile(frames)))).items.map((frame) => frame.pcm));
    const level = (samples: Int16Array): number => strength(samples.subarray(19_200, 172_800), 440);
    expect(20 * Math.log10(level(await decoded(half.items)) / level(await decoded(packets)))).toBeCloseTo(-6.02, 0);
    expect(Math.abs(half.items.length - packets.length)).toBeLessThanOrEqual(1);
  });

  it('none of them: the very packets', async () => {
    expect(texts((await collect(source(song, { filters: [] }))).items)).toEqual(texts(packets));
  });

  it('are heard in the PCM, in their order, to the sample; also from another place', async () => {
    const plain = await heard([]);
    expect(difference(await heard([volume(0.5)]), whole(volume(0.5)([plain])))).toBe('none');
    expect(difference(await heard([volume(10), volume(0.1)]), whole(chain(volume(10), volume(0.1))([plain])))).toBe('none');
    expect(difference(await heard([volume(0.5)], 500), whole(volume(0.5)([await heard([], 500)])))).toBe('none');
    expect((await heard([timescale({ speed: 2 })])).length / plain.length).toBeCloseTo(0.5, 3);
  });

  it('are there for what is converted here, too', async () => {
    const { items } = await collect(pcm(speech, { ...wav, filters: [volume(0)] }));
    expect(items.reduce((sum, frame) => sum + frame.pcm.length, 0)).toBe(96_000);
    expect(items.every((frame) => frame.pcm.every((x) => x === 0))).toBe(true);
  });

  it('that end the sound let go of the input', async () => {
    const { input, released } = stream(song);
    const { items, error } = await collect(source(input, { filters: [fadeOut(50, { until: 200 })] }));
    expect([items.length, error, released()]).toEqual([11, undefined, true]);
  });

  it('let go of an input that stalls, while it is waited for', async () => {
    const input = new PassThrough();
    input.write(speech.subarray(0, 8_000));
    const iterator = source(input, { ...wav, filters: [volume(0.5)] })[Symbol.asyncIterator]();
    const asked = Array.from({ length: 20 }, () => iterator.next());
    expect((await asked[0]!).done).toBe(false);
    await iterator.return();
    // Requests that can no longer be served are answered, and the stream is destroyed.
    expect((await Promise.all(asked)).at(-1)).toEqual({ done: true, value: undefined });
    expect(input.destroyed).toBe(true);
  });

  it('are why it is not passed as it is', async () => {
    expect(await probe(song, { filters: [volume(0.5)] })).toMatchObject({
      via: 'pcm',
      codec: 'opus',
      why: expect.stringMatching(/decoded here for the filters/),
    });
    expect(await probe(song, { filters: [] })).toMatchObject({ via: 'passthrough' });
    expect(await probe(speech, { ...wav, filters: [volume(0.5)] })).toMatchObject({
      via: 'pcm',
      why: expect.stringMatching(/it is filtered here$/),
    });
    expect(await source(song, { filters: [volume(0.5)] }).probe()).toMatchObject({ via: 'pcm' });
  });

  it('are checked where they are written', () => {
    expect(() => source(song, { filters: volume(1) as never })).toThrow(VoiceOptionsError);
    expect(() => source(song, { filters: [0.5 as never] })).toThrow(/filters\[0\]: must be a PcmFilter/);
    expect(() => pcm(song, { filters: [volume as never] })).toThrow(/filters\[0\]/);
  });
});
