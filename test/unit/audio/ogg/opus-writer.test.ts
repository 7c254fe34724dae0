import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { MediaFormatError, oggOpus, OggOpusWriter } from '../../../../src/audio/index.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { collect, texts } from '../../../support/collect.js';
import { concat } from '../../../support/ogg-writer.js';
import { oggPackets, parseOgg, prismPackets, probedDuration, toolComplaints } from '../../../support/recordings.js';

let folder: string;
let song: Uint8Array[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
  song = (await collect(oggOpus(await readFile(new URL('../../../../src/cli/demo/song.opus', import.meta.url))))).items;
});
afterAll(() => rmSync(folder, { recursive: true }));

const samplesOf = (packets: readonly Uint8Array[]): number => packets.reduce((sum, packet) => sum + Number(opusPacketSamples(packet)), 0);

type Step = { readonly packet: Uint8Array } | { readonly silence: number } | { readonly conceal: number } | 'flush';

/** The parts of a file, each of which ends at a page boundary. */
function partsOf(writer: OggOpusWriter, steps: Iterable<Step>): Uint8Array[] {
  const parts = [writer.header()];
  for (const step of steps) {
    if (step === 'flush') parts.push(...writer.flush());
    else if ('packet' in step) parts.push(...writer.write(step.packet));
    else parts.push(...('silence' in step ? writer.silence(step.silence) : writer.conceal(step.conceal)));
  }
  parts.push(...writer.end());
  return parts;
}

/** One 20 ms packet, or one of another duration. */
const packet = fc
  .tuple(fc.constantFrom(0xe0, 0xe8, 0xf0, 0xf8, 0xfc, 0x48, 0x58, 0xfb), fc.integer({ min: 0, max: 1275 }), fc.nat(255))
  .map(([toc, bytes, fill]) => {
    const body = new Uint8Array(bytes).fill(fill);
    // Code 3: six frames of the same length, 120 ms.
    return toc === 0xfb ? Uint8Array.of(toc, 6, ...new Uint8Array(6 * (bytes >> 2)).fill(fill)) : Uint8Array.of(toc, ...body);
  });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: packet.map((one) => ({ packet: one })) },
  { weight: 2, arbitrary: fc.nat(150_000).map((silence) => ({ silence })) },
  { weight: 1, arbitrary: fc.nat(6_000).map((conceal) => ({ conceal })) },
  { weight: 1, arbitrary: fc.constant('flush' as const) },
);

describe('an Ogg/Opus file', () => {
  it('of the song holds it byte for byte, to us, to prism-media, and to what tools there are', async () => {
    const file = concat(partsOf(new OggOpusWriter({ serial: 0xdead_beef, comments: { TITLE: 'a song', ARTIST: 'ä' } }), song.map((one) => ({ packet: one })))); // prettier-ignore
    expect(texts(oggPackets(file))).toEqual(texts(song));
    expect(texts((await collect(oggOpus(file))).items)).toEqual(texts(song));
    expect(texts(await prismPackets(file))).toEqual(texts(song));
    const path = join(folder, 'song.ogg');
    writeFileSync(path, file);
    expect(toolComplaints(path)).toEqual([]);
    expect(probedDuration(path) ?? 12).toBeCloseTo(12, 1);
  });

  it('has its headers on pages of their own, and a serial number', () => {
    const pages = parseOgg(concat(partsOf(new OggOpusWriter({ serial: 9, preSkip: 480, comments: { A: 'b' } }), [])));
    expect(pages.slice(0, 2).map(({ packets }) => Buffer.concat(packets).toString('hex'))).toEqual([
      '4f70757348656164' + '01' + '02' + 'e001' + '80bb0000' + '0000' + '00',
      '4f70757354616773' + '07000000' + Buffer.from('rxvoice').toString('hex') + '01000000' + '03000000' + '413d62',
    ]);
    expect(new Set(pages.map(({ serial }) => serial))).toEqual(new Set([9]));
    expect(pages.map(({ granule }) => granule)).toEqual([0n, 0n, 480n]);
  });

  it('says how long it is so far on each page, of a second at most, whatever is written', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pages = parseOgg(concat(partsOf(new OggOpusWriter(), steps)));
        expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, i) => i));
        expect(pages.map(({ first }) => first)).toEqual(pages.map((_, i) => i === 0));
        expect(pages.map(({ last }) => last)).toEqual(pages.map((_, i) => i === pages.length - 1));
        let samples = 0;
        for (const { packets, granule, last } of pages.slice(2)) {
          const length = samplesOf(packets);
          expect(length).toBeLessThanOrEqual(48_000);
          samples += length;
          expect(packets.length).toBeGreaterThan(0);
          // The last page may hold 2.5 ms whose granule position trims 2.5 ms of what earlier pages gave out.
          expect(BigInt(samples) - granule).toBe(last && length === 120 && granule < BigInt(samples) ? 120n : 0n);
        }
      }),
      { seed: 20_261_121, numRuns: 150 },
    );
  });

  it('holds the packets in order, and silence of the length that was asked for, in whole 2.5 ms', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const writer = new OggOpusWriter({ preSkip: 0 });
        const packets = oggPackets(concat(partsOf(writer, steps)));
        let at = 0;
        for (const one of steps) {
          if (one === 'flush') continue;
          if ('packet' in one) {
            expect(Buffer.compare(packets[at++]!, one.packet)).toBe(0);
            continue;
          }
          const asked = 'silence' in one ? one.silence : one.conceal;
          let left = asked - (asked % 120);
          while (left > 0) {
            const silent = packets[at++]!;
            const nothing = 'conceal' in one && silent.length === 1;
            if (!nothing) expect([...silent.subarray(1)]).toEqual([0xff, 0xfe]);
            left -= samplesOf([silent]);
          }
          expect(left).toBe(0);
        }
        const closing = packets.slice(at);
        expect(closing.map(({ length }) => length)).toEqual(steps.length === 0 || steps.at(-1) === 'flush' || closing.length > 0 ? [3] : []);
        expect(writer.samples).toBe(samplesOf(packets.slice(0, at)));
      }),
      { seed: 20_261_121, numRuns: 150 },
    );
  });

  it('is sound after every page of it', async () => {
    const steps: Step[] = song.slice(0, 130).map((one) => ({ packet: one }));
    steps.splice(60, 0, { conceal: 2_000 }, { silence: 100_000 }, 'flush');
    const parts = partsOf(new OggOpusWriter(), steps);
    expect(parts.length).toBeGreaterThan(5);
    for (let count = 1; count <= parts.length; count++) {
      const cut = concat(parts.slice(0, count));
      const { items, error } = await collect(oggOpus(cut));
      expect(error).toBeUndefined();
      expect(texts(items)).toEqual(texts(oggPackets(cut)));
      expect(texts(await prismPackets(cut))).toEqual(texts(items));
    }
  });

  it('is stereo in its silence where the packet before it is', () => {
    const writer = new OggOpusWriter({ preSkip: 0 });
    const mono = Uint8Array.of(0xf8, 1, 2);
    const parts = partsOf(writer, [{ silence: 960 }, { packet: mono }, { silence: 1_440 }]);
    expect(oggPackets(concat(parts)).map((one) => Buffer.from(one).toString('hex'))).toEqual(['fcfffe', 'f80102', 'f8fffe', 'f0fffe']);
  });

  it('leaves a loss to the player, in the mode of the packet before, and what is no whole frame to silence', () => {
    const writer = new OggOpusWriter({ preSkip: 0 });
    const parts = partsOf(writer, [{ conceal: 960 }, { packet: Uint8Array.of(0x48, 1) }, { conceal: 960 * 2 + 130 }]);
    expect(oggPackets(concat(parts)).map((one) => Buffer.from(one).toString('hex'))).toEqual(['fcfffe', '4801', '48', '48', 'e0fffe']);
  });

  it.each([
    ['nothing', []],
    ['a loss', [{ packet: Uint8Array.of(0xf8, 0xff, 0xfe) }, { conceal: 3_840 }, { packet: Uint8Array.of(0xf8, 0xff, 0xfe) }]],
    ['one packet of 2.5 ms', [{ packet: Uint8Array.of(0xe0, 0xff, 0xfe) }]],
    ['a page that was flushed before the end', [{ packet: Uint8Array.of(0xf8, 0xff, 0xfe) }, 'flush' as const]],
    ['a packet as long as can be', [{ packet: Uint8Array.of(0xff, 0x06, ...new Uint8Array(6 * 1275)) }]],
  ])('of %s passes the tools', async (what, steps) => {
    const file = concat(partsOf(new OggOpusWriter(), steps as Step[]));
    const path = join(folder, `${what.length}.ogg`);
    writeFileSync(path, file);
    expect(toolComplaints(path)).toEqual([]);
    expect((await collect(oggOpus(file))).error).toBeUndefined();
  });
});

describe('a writer refuses', () => {
  it('what is no Opus packet, and goes on', () => {
    const writer = new OggOpusWriter();
    expect(() => writer.write(new Uint8Array(0))).toThrow(MediaFormatError);
    expect(() => writer.write(Uint8Array.of(0xff, 0))).toThrow('no frame');
    expect(writer.samples).toBe(0);
    expect(writer.write(Uint8Array.of(0xf8, 0xff, 0xfe))).toEqual([]);
    expect(writer.samples).toBe(960);
  });

  it('anything after the end, which may be told twice', () => {
    const writer = new OggOpusWriter();
    expect(writer.end()).toHaveLength(1);
    expect(writer.end()).toEqual([]);
    expect(() => writer.write(Uint8Array.of(0xf8, 0xff, 0xfe))).toThrow(RangeError);
    expect(() => writer.silence(960)).toThrow('ended');
  });

  it.each([{ serial: -1 }, { serial: 2 ** 32 }, { preSkip: 65_536 }, { preSkip: 0.5 }, { comments: { A: 'x'.repeat(66_000) } }])('%o', (options) => {
    expect(() => new OggOpusWriter(options)).toThrow(VoiceOptionsError);
  });
});
