import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaFormatError, source, type SourceDamage } from '../../../../src/audio/index.js';
import { ByteSource } from '../../../../src/audio/bytes/byte-source.js';
import type { OpusPart } from '../../../../src/audio/opus/parts.js';
import { WebmReader } from '../../../../src/audio/webm/reader.js';
import { collect, texts } from '../../../support/collect.js';
import { concat, opusHead, opusPackets } from '../../../support/ogg-writer.js';
import { block, element, size, trackEntry, uint, webmFile, webmPieces, type WebmOptions } from '../../../support/webm-writer.js';

const packets = [...opusPackets(120)];
const silence = texts([Uint8Array.of(0xfc, 0xff, 0xfe)])[0]!;

async function read(bytes: Uint8Array): Promise<{ frames: Uint8Array[]; error: unknown; damage: SourceDamage[] }> {
  const damage: SourceDamage[] = [];
  const { items, error } = await collect(source(bytes, { onDamage: (place) => damage.push(place) }));
  return { frames: items, error, damage };
}

async function parts(bytes: Uint8Array): Promise<OpusPart[]> {
  const reader = new WebmReader(new ByteSource(bytes), () => undefined);
  const { tracks } = await reader.open();
  return (await collect(reader.parts(tracks[0]!))).items;
}

/** A cluster with a timestamp and one element. */
const clusterOf = (...elements: Uint8Array[]): Uint8Array => element(0x1f43b675, concat([element(0xe7, uint(0)), ...elements]));
const head = webmPieces([], { live: true })[0]!;

describe('a sound file', () => {
  it.each<[string, WebmOptions]>([
    ['with known sizes', {}],
    ['of a live stream', { live: true }],
    ['with one packet a cluster', { packetsPerCluster: 1 }],
    ['with a video track before', { tracks: [trackEntry({ number: 2, type: 1, codec: 'V_VP9' }), trackEntry()] }],
  ])('gives its packets: %s', async (_what, options) => {
    const { frames, error, damage } = await read(webmFile(packets, options));
    expect({ error, damage }).toEqual({ error: undefined, damage: [] });
    expect(texts(frames)).toEqual(texts(packets));
  });

  it('is the same in pieces of any length, and of Buffers that are used again', async () => {
    const file = webmFile(packets);
    for (const length of [1, 7, 1_000]) {
      const buffer = Buffer.alloc(length);
      function* pieces(): Generator<Uint8Array> {
        for (let at = 0; at < file.length; at += length) {
          const used = buffer.subarray(0, Math.min(length, file.length - at));
          used.set(file.subarray(at, at + used.length));
          yield used;
        }
      }
      const frames: string[] = [];
      for await (const frame of source(pieces())) frames.push(...texts([frame]));
      expect(frames).toEqual(texts(packets));
    }
  });

  it('has blocks with several packets: of Xiph, of EBML, of equal lengths', async () => {
    const [a, b, c] = [...opusPackets(3, (i) => 300 + 40 * i)] as [Uint8Array, Uint8Array, Uint8Array];
    const xiph = concat([Uint8Array.of(2, 255, a.length - 255, 255, b.length - 255), a, b, c]);
    // The second length is the first plus 40: coded as a difference in two bytes, biased by 8191.
    const ebml = concat([Uint8Array.of(2), size(a.length), Uint8Array.of(0x40 | ((40 + 8191) >> 8), (40 + 8191) & 255), a, b, c]);
    const equal = concat([Uint8Array.of(1), a, a.slice().fill(7, 1)]);
    const file = concat([
      head,
      clusterOf(...[[xiph, 0x82], [ebml, 0x86], [equal, 0x84]].map(([body, flags]) => element(0xa3, block(body as Uint8Array, 0, flags as number)))), // prettier-ignore
    ]);
    const { frames, error, damage } = await read(file);
    expect({ error, damage }).toEqual({ error: undefined, damage: [] });
    expect(frames.map(({ length }) => length)).toEqual([300, 340, 380, 300, 340, 380, 300, 300]);
    expect(texts(frames.slice(0, 6))).toEqual(texts([a, b, c, a, b, c]));
  });

  it('says what is to be cut off the end', async () => {
    const group = element(0xa0, concat([element(0xa1, block(packets[0]!, 0)), element(0x75a2, uint(5_000_000))]));
    expect(await parts(concat([head, clusterOf(group)]))).toEqual([
      { type: 'head', head: { channels: 2, preSkip: 312, outputGain: 0, family: 0 } },
      { type: 'packet', frame: packets[0], samples: 960 },
      { type: 'trim', samples: 240 },
    ]);
  });

  it('has pauses where its times leap, and none where they tremble', async () => {
    const { frames } = await read(webmFile(packets, { gap: { at: 60, ms: 1_000 } }));
    expect(texts(frames)).toEqual([
      ...texts(packets.slice(0, 60)),
      ...Array.from({ length: 50 }, () => silence),
      ...texts(packets.slice(60)),
    ]);
    expect((await read(webmFile(packets, { gap: { at: 60, ms: 40 } }))).frames.length).toBe(120);
    expect((await read(webmFile(packets, { packetsPerCluster: 60, gap: { at: 60, ms: 7_200_000 } }))).frames.length).toBe(120);
  });
});

describe('a file that is cut off', () => {
  it('gives every whole packet, then the error, wherever the cut is', async () => {
    const file = webmFile(packets, { packetsPerCluster: 40 });
    const [start] = webmPieces(packets, { packetsPerCluster: 40 });
    for (let at = 4; at < file.length; at += 331) {
      const { frames, error } = await read(file.subarray(0, at));
      expect(error).toBeInstanceOf(MediaFormatError);
      expect((error as Error).message).toContain('cut off');
      expect(texts(frames)).toEqual(texts(packets.slice(0, frames.length)));
      // 245 bytes per packet, except the incomplete one.
      if (at > start!.length) expect(frames.length).toBeGreaterThanOrEqual(Math.floor((at - start!.length) / 300) - 1);
    }
  });

  it('may end between two clusters where nobody said how many there are', async () => {
    const pieces = webmPieces(packets, { live: true });
    const { frames, error } = await read(concat(pieces.slice(0, 2)));
    expect(error).toBeUndefined();
    expect(frames).toEqual(packets.slice(0, 50));
  });
});

describe('a damaged file', () => {
  const known = new Set(texts(packets)).add(silence);
  const file = webmFile(packets, { packetsPerCluster: 40 });
  const start = webmPieces(packets, { packetsPerCluster: 40 })[0]!.length;
  const wrong = (frames: readonly Uint8Array[]): number => texts(frames).filter((frame) => !known.has(frame)).length;

  it('loses a few packets for a byte, wherever it is, and finds its way again', async () => {
    for (let at = start; at < file.length; at += 53) {
      const bytes = file.slice();
      bytes[at]! ^= 0x41;
      const { frames, error } = await read(bytes);
      const kept = texts(frames).filter((frame) => frame !== silence && known.has(frame)).length;
      expect({ at, kept: kept >= 112, wrong: wrong(frames) <= 1 }).toEqual({ at, kept: true, wrong: true });
      if (error !== undefined) expect(error).toBeInstanceOf(MediaFormatError);
    }
  });

  it.each([500, 3_000, 12_000])('plays on behind a hole of %d bytes, and says where it was', async (hole) => {
    for (let at = start; at + hole < file.length; at += 2_999) {
      const { frames, error, damage } = await read(concat([file.subarray(0, at), file.subarray(at + hole)]));
      expect(wrong(frames)).toBeLessThanOrEqual(1);
      const kept = texts(frames).filter((frame) => frame !== silence && known.has(frame)).length;
      expect(kept).toBeGreaterThanOrEqual(120 - Math.ceil(hole / 200) - 4);
      // It is shorter than its header says.
      expect((error as Error).message).toContain('cut off');
      expect(damage.every(({ offset }) => Math.abs(offset! - at) < 1_000)).toBe(true);
    }
  });

  it('is given up when no end of nonsense is in sight', async () => {
    let given = 0;
    function* endless(): Generator<Uint8Array> {
      yield webmPieces(packets, { live: true })[0]!;
      for (;;) {
        given += 65_536;
        yield new Uint8Array(65_536).fill(0x55);
      }
    }
    const { error } = await collect(source(endless()));
    expect((error as Error).message).toContain('beyond reading');
    expect(given).toBeLessThan(20_000_000);
  });

  it.each([
    ['an element of the head that is huge', element(0x1654ae6b, new Uint8Array(0), { size: 2 ** 40 }), 'expected'],
    ['an element to pass over that never ends', element(0xec, new Uint8Array(0), { size: 2 ** 45 }), 'no audio'],
    ['an unknown size where there must be one', element(0xec, new Uint8Array(8), { unknown: true }), 'damaged'],
    ['no head', new Uint8Array(0), 'cut off'],
  ])('has %s', async (_what, bytes, text) => {
    const file = concat([element(0x1a45dfa3, new Uint8Array(0)), element(0x18538067, new Uint8Array(0), { unknown: true }), bytes]);
    expect(((await read(file)).error as Error).message).toContain(text);
  });

  it('never crashes, hangs or passes what is no packet, whatever the bytes', async () => {
    const seed = concat(webmPieces(packets.slice(0, 6), { packetsPerCluster: 2, live: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 12 }), async (changes) => {
        const bytes = seed.slice();
        for (const [at, value] of changes) bytes[at] = value;
        bytes.set([0x1a, 0x45, 0xdf, 0xa3]);
        const reader = new WebmReader(new ByteSource(bytes), () => undefined);
        const result = await collect(
          (async function* () {
            const { tracks } = await reader.open();
            const track = tracks.find(({ head }) => head !== undefined);
            if (track !== undefined) yield* reader.parts(track);
          })(),
        );
        if (result.error !== undefined) expect(result.error).toBeInstanceOf(MediaFormatError);
      }),
      { seed: 20_261_129, numRuns: 400 },
    );
  });
});

it('goes to ffmpeg where there is no Opus that can be played: other codecs, surround, compressed tracks', async () => {
  for (const track of [trackEntry({ codec: 'A_VORBIS' }), trackEntry({ head: opusHead(6, 1) }), trackEntry({ encoded: true })]) {
    const { error } = await collect(source(webmFile(packets, { tracks: [track] }), { ffmpeg: '/nowhere/ffmpeg' }));
    expect(error).toMatchObject({ code: 'ffmpeg' });
    expect((error as Error).message).toContain('WebM');
  }
});

it('is read in memory that does not grow', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const held = (): number => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const [start, ...clusters] = webmPieces(packets, { live: true });
  function* hour(): Generator<Uint8Array> {
    yield start!;
    for (let i = 0; i < 300; i++) yield* clusters;
  }
  let frames = 0;
  let early = 0;
  let most = 0;
  for await (const _ of source(hour())) {
    frames += 1;
    if (frames === 3_000) early = held();
    if (frames > 3_000 && frames % 11_000 === 0) most = Math.max(most, held());
  }
  expect(frames).toBe(36_000);
  // 9 MB went through.
  expect(most - early).toBeLessThan(2_000_000);
});
