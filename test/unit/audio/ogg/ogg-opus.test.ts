import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oggOpus } from '../../../../src/audio/index.js';
import { collect, texts } from '../../../support/collect.js';
import { concat, oggFile, oggPage, opusHead, opusPackets, opusTags } from '../../../support/ogg-writer.js';

const packets = [...opusPackets(120)];

async function frames(input: Parameters<typeof oggOpus>[0]): Promise<Uint8Array[]> {
  const { items, error } = await collect(oggOpus(input, { onDamage: (damage) => expect.unreachable(JSON.stringify(damage)) }));
  expect(error).toBeUndefined();
  return items;
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

describe('the packets of a sound file', () => {
  it('are given byte for byte and in order, without the header packets', async () => {
    expect(await frames(oggFile(packets))).toEqual(packets);
  });

  it('do not depend on how packets lie on pages, nor on how the bytes are cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1276 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 255 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 8 }),
        async (sizes, segmentsPerPage, packetsPerPage, chunks) => {
          const wanted = [...opusPackets(sizes.length, (i) => sizes[i]!)];
          const file = oggFile(wanted, { segmentsPerPage, packetsPerPage });
          expect(texts(await frames(cut(file, chunks)))).toEqual(texts(wanted));
        },
      ),
      { seed: 20_261_121, numRuns: 200 },
    );
  });

  it('may be multiples of 255 bytes long, which takes a lacing value of 0', async () => {
    const wanted = [...opusPackets(20, (i) => 255 * (1 + (i % 5)))];
    expect(await frames(oggFile(wanted, { segmentsPerPage: 2 }))).toEqual(wanted);
  });

  it('come after comments of any length, such as a cover picture over three pages', async () => {
    expect(await frames(oggFile(packets, { tags: opusTags(150_000) }))).toEqual(packets);
  });

  it('go on through chained streams, also when they have the same serial number or lack the end mark', async () => {
    const first = oggFile(packets, { endOfStream: false });
    expect(await frames(concat([first, oggFile(packets), oggFile(packets, { serial: 7 })]))).toEqual([
      ...packets,
      ...packets,
      ...packets,
    ]);
  });

  it('are those of the first Opus stream when others lie beside it', async () => {
    const lacings = [9];
    const other = (sequence: number, first = false): Uint8Array =>
      oggPage({ serial: 99, sequence, first, lacings, body: new TextEncoder().encode(first ? '\x80theora..'.slice(0, 9) : 'something') });
    const mine = (sequence: number, first: boolean, body: Uint8Array): Uint8Array =>
      oggPage({ serial: 5, sequence, first, lacings: [body.length], body });
    const file = concat([
      oggPage({ serial: 98, sequence: 0, first: true, lacings: [8], body: new TextEncoder().encode('fishead\0') }),
      mine(0, true, opusHead()),
      oggPage({ serial: 6, sequence: 0, first: true, lacings: [19], body: opusHead() }),
      mine(1, false, opusTags()),
      other(1),
      mine(2, false, packets[0]!),
      other(2),
    ]);
    expect(await frames(file)).toEqual([packets[0]]);
  });

  it('are none in a file without audio', async () => {
    expect(await frames(oggFile([]))).toEqual([]);
  });

  it('own their memory: the source may use its chunk again, and a frame keeps no page alive', async () => {
    const shared = new Uint8Array(1000);
    function* reusing(): Generator<Uint8Array> {
      for (const piece of cut(oggFile(packets), [1000])) {
        shared.set(piece);
        yield shared.subarray(0, piece.length);
        shared.fill(0xee);
      }
    }
    const got = await frames(reusing());
    expect(got).toEqual(packets);
    for (const frame of got) expect(frame.buffer.byteLength).toBe(frame.byteLength);
  });
});

describe('the input', () => {
  it('may be a Node stream of a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rxvoice-ogg-'));
    try {
      const path = join(folder, 'song.opus');
      await writeFile(path, oggFile(packets));
      expect(await frames(createReadStream(path, { highWaterMark: 777 }))).toEqual(packets);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('may be a web stream, such as the body of a response', async () => {
    expect(await frames(new Blob([oggFile(packets) as Uint8Array<ArrayBuffer>]).stream())).toEqual(packets);
  });

  it('may be read twice when it is all there', async () => {
    const iterable = oggOpus(oggFile(packets));
    expect((await collect(iterable)).items).toEqual(packets);
    expect((await collect(iterable)).items).toEqual(packets);
  });

  it('may be asked for several frames at once', async () => {
    const iterator = oggOpus(oggFile(packets))[Symbol.asyncIterator]();
    const three = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
    expect(three.map(({ value }) => value as Uint8Array)).toEqual(packets.slice(0, 3));
  });
});
