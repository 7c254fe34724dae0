import { expect, it, describe } from 'vitest';
import { oggOpus, type OggDamage } from '../../../../src/audio/index.js';
import { ByteSource } from '../../../../src/audio/bytes/byte-source.js';
import { changedByte } from '../../../../src/audio/ogg/mend.js';
import { oggOpusParts } from '../../../../src/audio/ogg/ogg-opus.js';
import { PageClock } from '../../../../src/audio/ogg/page-clock.js';
import { collect, texts } from '../../../support/collect.js';
import { ascii, concat, oggFile, oggPage, oggPages, opusPackets, opusHead, slowOggCrc } from '../../../support/ogg-writer.js';

const packets = [...opusPackets(60)];
const silence = texts([Uint8Array.of(0xfc, 0xff, 0xfe)])[0]!;

/** Audio pages of ten packets each, with these granule positions. */
function withGranules(granules: readonly bigint[], last = true): Uint8Array {
  const headers = [...oggPages([], { endOfStream: false })].slice(0, 2);
  const audio = granules.map((granule, i) => {
    const body = packets.slice(i * 10, i * 10 + 10);
    return oggPage({
      sequence: 2 + i,
      granule,
      last: last && i === granules.length - 1,
      lacings: body.map(({ length }) => length),
      body: concat(body),
    });
  });
  return concat([...headers, ...audio]);
}

async function read(bytes: Uint8Array): Promise<{ frames: string[]; damage: string[] }> {
  const damage: OggDamage[] = [];
  const { items, error } = await collect(oggOpus(bytes, { onDamage: (place) => damage.push(place) }));
  expect(error).toBeUndefined();
  return { frames: texts(items), damage: damage.map(({ reason }) => reason) };
}

describe('the time that pages tell', () => {
  it('is a pause where it grows by more than the packets', async () => {
    const { frames, damage } = await read(withGranules([9_600n, 19_200n + 48_000n, 28_800n + 48_000n]));
    const wanted = texts(packets.slice(0, 30));
    expect(frames).toEqual([...wanted.slice(0, 10), ...Array.from({ length: 50 }, () => silence), ...wanted.slice(10)]);
    expect(damage).toEqual([]);
  });

  it('may begin anywhere, as radio does that is joined in its middle', async () => {
    const start = 7_000_000_000n;
    const { frames } = await read(withGranules([start, start + 9_600n]));
    expect(frames).toEqual(texts(packets.slice(0, 20)));
    expect((await read(withGranules([start]))).frames).toEqual(texts(packets.slice(0, 10)));
  });

  it('is not believed when it jumps by more than an hour', async () => {
    const { frames, damage } = await read(withGranules([9_600n, 1n << 62n, 28_800n]));
    expect(frames).toEqual(texts(packets.slice(0, 30)));
    expect(damage).toEqual(['impossible-time']);
  });

  it('cuts the end off the last packet', async () => {
    const parts = await collect(oggOpusParts(new ByteSource(withGranules([9_600n, 19_000n]))));
    expect(parts.items.at(-1)).toEqual({ type: 'trim', samples: 200 });
    expect(parts.items[0]).toEqual({ type: 'head', head: { channels: 2, preSkip: 312, outputGain: 0, family: 0 } });
  });

  it('is left alone where it goes back, or no packet ends', () => {
    const clock = new PageClock();
    const nothing = { pause: 0, trim: 0 };
    expect(clock.step(960n, 960, false)).toEqual(nothing);
    expect(clock.step(-1n, 0, false)).toEqual(nothing);
    expect(clock.step(900n, 960, false)).toEqual(nothing);
    expect(clock.step(1_860n, 960, false)).toEqual(nothing);
    expect(clock.step(0n, 960, true)).toEqual(nothing);
  });

  it('of a page cut short that is the only one', () => {
    expect(new PageClock().step(700n, 960, true)).toEqual({ pause: 0, trim: 260 });
  });
});

describe('an ID3 tag in front', () => {
  const tag = (bytes: number): Uint8Array =>
    concat([ascii('ID3\x04\0\0'), Uint8Array.of(0, (bytes >> 14) & 127, (bytes >> 7) & 127, bytes & 127), new Uint8Array(bytes).fill(0x4f)]);

  it.each([0, 7, 300, 90_000])('is passed over: %d bytes of it', async (bytes) => {
    const damage: OggDamage[] = [];
    const file = concat([tag(bytes), oggFile(packets), ascii('TAG')]);
    const { items, error } = await collect(oggOpus(file, { onDamage: (place) => damage.push(place) }));
    expect(error).toBeUndefined();
    expect(items).toEqual(packets);
    expect(damage).toEqual([{ reason: 'unreadable-bytes', offset: file.length - 3, bytes: 3 }]);
  });

  it('in front of nothing is an MP3 file, as before', async () => {
    const { error } = await collect(oggOpus(concat([tag(5), Uint8Array.of(0xff, 0xfb, 0x90, 0x64), new Uint8Array(400)])));
    expect((error as Error).message).toContain('MP3');
    expect(((await collect(oggOpus(tag(3)))).error as Error).message).toContain('MP3');
  });
});

describe('the changed byte', () => {
  const page = [...oggPages(packets.slice(0, 5), { packetsPerPage: 5 })][2]!;

  it('is found by the checksum, wherever it is', () => {
    const stored = slowOggCrc(concat([page.subarray(0, 22), new Uint8Array(4), page.subarray(26)]));
    const found: unknown[] = [];
    const change = (at: number): number => 1 + ((at * 7) % 255);
    for (let at = 0; at < page.length; at++) {
      const changed = page.slice();
      changed[at]! ^= change(at);
      const field = new DataView(changed.buffer).getUint32(22, true);
      found.push(changedByte(changed, 0, page.length, field));
    }
    expect(found).toEqual(Array.from(page, (_, at) => ({ at, change: change(at) })));
    expect(changedByte(page, 0, page.length, stored)).toBeUndefined();
  });

  it('is not made up where more is wrong', () => {
    const wrong = page.slice();
    for (let at = 100; at < 140; at++) wrong[at]! ^= at;
    expect(changedByte(wrong, 0, page.length, new DataView(page.buffer).getUint32(22, true))).toBeUndefined();
  });
});

it('reads the gain of the header, in decibels', async () => {
  const head = opusHead();
  new DataView(head.buffer).setInt16(16, -1_664, true);
  const { items } = await collect(oggOpusParts(new ByteSource(oggFile(packets, { head }))));
  expect(items[0]).toMatchObject({ type: 'head', head: { outputGain: -6.5 } });
});
