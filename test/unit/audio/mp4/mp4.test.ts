import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaFormatError, probe, source, type SourceDamage, type SourceInput } from '../../../../src/audio/index.js';
import { ByteSource } from '../../../../src/audio/bytes/byte-source.js';
import { Mp4Reader } from '../../../../src/audio/mp4/reader.js';
import { tableSamples } from '../../../../src/audio/mp4/samples.js';
import type { OpusPart } from '../../../../src/audio/opus/parts.js';
import { collect, texts } from '../../../support/collect.js';
import { box, movie, mp4File, u32, type Mp4Options } from '../../../support/mp4-writer.js';
import { concat, opusPackets } from '../../../support/ogg-writer.js';

const packets = [...opusPackets(120)];
const silence = texts([Uint8Array.of(0xfc, 0xff, 0xfe)])[0]!;
const NO_FFMPEG = { ffmpeg: '/nowhere/ffmpeg' };

async function read(input: SourceInput): Promise<{ frames: Uint8Array[]; error: unknown; damage: SourceDamage[] }> {
  const damage: SourceDamage[] = [];
  const { items, error } = await collect(source(input, { ...NO_FFMPEG, onDamage: (place) => damage.push(place) }));
  return { frames: items, error, damage };
}

async function parts(bytes: Uint8Array): Promise<OpusPart[]> {
  const reader = new Mp4Reader(new ByteSource(bytes), (from) => new ByteSource(bytes.subarray(from)), () => undefined);
  const { tracks } = await reader.open();
  return (await collect(reader.parts(tracks[0]!))).items;
}

describe('a sound file', () => {
  it.each<[string, Mp4Options]>([
    ['with its index in front', {}],
    ['with its index behind', { index: 'back' }],
    ['with one packet a chunk', { samplesPerChunk: 1 }],
    ['with an odd last chunk', { samplesPerChunk: 7 }],
    ['in fragments', { fragments: 25 }],
  ])('gives its packets: %s', async (_what, options) => {
    const { frames, error, damage } = await read(mp4File(packets, options));
    expect({ error, damage }).toEqual({ error: undefined, damage: [] });
    expect(texts(frames)).toEqual(texts(packets));
  });

  it('says what is to be cut off the end', async () => {
    expect((await parts(mp4File(packets.slice(0, 1), { lastDuration: 700 }))).slice(1)).toEqual([
      { type: 'packet', frame: packets[0], samples: 960 },
      { type: 'trim', samples: 260 },
    ]);
  });

  it('is read as a stream where its index is in front', async () => {
    const file = mp4File(packets);
    function* pieces(): Generator<Uint8Array> {
      for (let at = 0; at < file.length; at += 1_000) yield Buffer.from(file.subarray(at, at + 1_000));
    }
    expect(texts((await read(pieces())).frames)).toEqual(texts(packets));
  });

  it('cannot be read as a stream where its index is behind, but for ffmpeg, which the error says', async () => {
    const { error } = await read([mp4File(packets, { index: 'back' })]);
    expect(error).toMatchObject({ code: 'ffmpeg' });
    expect((error as Error).message).toContain('index stands behind');
  });

  it('goes to ffmpeg where there is no Opus in it, or surround', async () => {
    for (const options of [{ codec: 'mp4a' }, { channels: 6, family: 1 }]) {
      expect((await read(mp4File(packets, options))).error).toMatchObject({ code: 'ffmpeg' });
    }
  });

  it('has a length and tags', async () => {
    expect(await probe(mp4File(packets, { title: 'A song' }))).toMatchObject({ via: 'passthrough', container: 'MP4', codec: 'opus', duration: 2_400, channels: 2 });
    expect((await probe(mp4File(packets, { title: 'A song' }))).tags.get('TITLE')).toBe('A song');
  });
});

describe('a damaged file', () => {
  const known = new Set(texts(packets)).add(silence);
  const count = (frames: readonly Uint8Array[]): { kept: number; wrong: number } => {
    const all = texts(frames);
    return { kept: all.filter((f) => f !== silence && known.has(f)).length, wrong: all.filter((f) => !known.has(f)).length };
  };

  it.each(['front', 'back'] as const)('that is cut off is told, wherever the cut is: index in %s', async (index) => {
    const file = mp4File(packets, { index });
    for (let at = 8; at < file.length; at += 451) {
      const { frames, error } = await read(file.subarray(0, at));
      expect(error).toBeInstanceOf(MediaFormatError);
      expect((error as Error).message).toMatch(/cut off|no index/);
      expect(texts(frames)).toEqual(texts(packets.slice(0, frames.length)));
    }
  });

  it('keeps what lies in front of a hole, and does not make noise of what lies behind', async () => {
    const file = mp4File(packets);
    const start = file.length - packets.reduce((sum, { length }) => sum + length, 0);
    for (let at = start + 5_000; at < file.length - 100; at += 1_501) {
      const { frames, error } = await read(concat([file.subarray(0, at), file.subarray(at + 37)]));
      const { kept, wrong } = count(frames);
      expect({ at, kept: kept >= Math.floor((at - start) / 280) - 1, few: wrong <= 3 }).toEqual({ at, kept: true, few: true });
      expect((error as Error).message).toContain('cut off');
    }
  });

  it('is silent for as long as what is no packet, and goes on behind it', async () => {
    const broken = packets.map((packet, i) => (i >= 40 && i < 50 ? packet.slice().fill(0) : packet));
    const { frames, error, damage } = await read(mp4File(broken));
    expect(error).toBeUndefined();
    expect(texts(frames)).toEqual([...texts(packets.slice(0, 40)), ...Array.from({ length: 10 }, () => silence), ...texts(packets.slice(50))]);
    expect(damage.map(({ reason }) => reason)).toEqual(Array.from({ length: 10 }, () => 'invalid-packet'));
  });

  it.each([
    ['has a box of an impossible size', concat([box('ftyp'), u32(3), u32(0x6d6f_6f76)]), 'impossible size'],
    ['has an index larger than any', concat([box('ftyp'), u32(0x7fff_ffff), u32(0x6d6f_6f76), new Uint8Array(64)]), 'more than enough'],
    ['is all audio and no index', concat([box('ftyp'), u32(0), u32(0x6d64_6174), new Uint8Array(64)]), 'no index'],
  ])('%s', async (_what, bytes, text) => {
    expect(((await read(bytes)).error as Error).message).toContain(text);
  });

  it('that claims four billion packets costs nothing but what is there', async () => {
    const claims = (sizes: Uint8Array): Uint8Array =>
      concat([
        box('ftyp'),
        movie({}, 960, box('stts', u32(0, 1, 0xffff_ffff, 960)), box('stsc', u32(0, 1, 1, 0xffff_ffff, 1)), sizes, box('stco', u32(0, 1, 0))),
      ]);
    for (const sizes of [box('stsz', u32(0, 1, 0xffff_ffff)), box('stsz', u32(0, 0, 0xffff_ffff, 5, 5))]) {
      const before = process.memoryUsage().heapUsed;
      const { error } = await read(claims(sizes));
      if (error !== undefined) expect(error).toBeInstanceOf(MediaFormatError);
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
    }
    const table = new DataView(concat([box('stsz', u32(0, 300, 0xffff_ffff)), box('stsc', u32(0, 1, 1, 4, 1)), box('stco', u32(0, 9, 77))]).buffer);
    expect([...tableSamples(table)]).toEqual([0, 300, 600, 900].map((offset) => ({ offset: offset + 77, size: 300, duration: 0 })));
  });

  it('never crashes or hangs, whatever the bytes', async () => {
    const seeds = [mp4File(packets.slice(0, 6)), mp4File(packets.slice(0, 6), { fragments: 2 }), mp4File(packets.slice(0, 6), { index: 'back' })];
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.array(fc.tuple(fc.nat(3_000), fc.nat(255)), { maxLength: 12 }), async (which, changes) => {
        const bytes = seeds[which]!.slice();
        for (const [at, value] of changes) if (at >= 8 && at < bytes.length) bytes[at] = value;
        const { error } = await read(bytes);
        if (error !== undefined) expect(['media-format', 'ffmpeg']).toContain((error as { code: string }).code);
      }),
      { seed: 20_261_129, numRuns: 400 },
    );
  });
});
