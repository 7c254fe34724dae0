import { describe, expect, it } from 'vitest';
import { MediaFormatError, oggOpus, type ByteInput, type OggDamage } from '../../../../src/audio/index.js';
import { collect, texts } from '../../../support/collect.js';
import { ascii, concat, oggFile, oggPage, oggPages, opusHead, opusPackets } from '../../../support/ogg-writer.js';

const packets = [...opusPackets(120)];
const pages = [...oggPages(packets, { packetsPerPage: 10 })];

interface Outcome {
  readonly frames: readonly Uint8Array[];
  readonly error: unknown;
  readonly damage: readonly OggDamage[];
}

async function read(input: ByteInput): Promise<Outcome> {
  const damage: OggDamage[] = [];
  const { items, error } = await collect(oggOpus(input, { onDamage: (place) => damage.push(place) }));
  return { frames: items, error, damage };
}

async function failure(input: ByteInput): Promise<MediaFormatError> {
  const { error } = await read(input);
  expect(error).toBeInstanceOf(MediaFormatError);
  expect(error).toMatchObject({ name: 'MediaFormatError', code: 'media-format', retryable: false });
  return error as MediaFormatError;
}

const padded = (start: Uint8Array): Uint8Array => concat([start, new Uint8Array(500)]);

describe('what is not Ogg Opus', () => {
  it.each([
    ['ID3', ascii('ID3\x04'), 'MP3', 'ffmpeg'],
    ['MPEG frames', Uint8Array.of(0xff, 0xfb, 0x90, 0x64), 'MP3', 'ffmpeg'],
    ['ADTS', Uint8Array.of(0xff, 0xf1, 0x50, 0x80), 'AAC', 'ffmpeg'],
    ['RIFF', ascii('RIFF....WAVE'), 'WAV', 'ffmpeg'],
    ['EBML', ascii('\x1aE\xdf\xa3'), 'WebM', '-c:a copy'],
    ['fLaC', ascii('fLaC'), 'FLAC', 'ffmpeg'],
    ['ftyp', ascii('\0\0\0\x20ftypM4A '), 'MP4', '-c:a copy'],
    ['a web page', ascii('<!doctype html>'), 'web page', 'status'],
    ['a bare OpusHead', opusHead(), 'without its Ogg container', 'unchanged'],
    ['noise', Uint8Array.of(1, 2, 3, 4), 'no Ogg stream', 'ffmpeg'],
  ])('is named, with the cure: %s', async (_what, start, name, cure) => {
    const error = await failure(padded(start));
    expect(error.message).toContain(name);
    expect(error.message).toContain(cure);
    expect(error.offset).toBe(start.length + 500);
  });

  it('is given up after 128 KiB of a source that never ends', async () => {
    let given = 0;
    function* noise(): Generator<Uint8Array> {
      for (;;) {
        given += 4096;
        yield new Uint8Array(4096).fill(7);
      }
    }
    expect((await failure(noise())).message).toContain('no Ogg stream');
    expect(given).toBeLessThan(200_000);
  });

  it.each([[new Uint8Array(0)], [[]], [[new Uint8Array(0), new Uint8Array(0)]]])('is empty', async (input) => {
    const error = await failure(input);
    expect(error.message).toContain('empty');
    expect(error.offset).toBe(0);
  });

  it.each([
    ['Vorbis', '\x01vorbis'],
    ['FLAC', '\x7fFLAC'],
    ['Speex', 'Speex   '],
    ['an unknown codec', 'whatever'],
  ])('is Ogg that holds %s', async (name, magic) => {
    const body = padded(ascii(magic)).subarray(0, 40);
    const first = oggPage({ sequence: 0, first: true, lacings: [40], body });
    const error = await failure(concat([first, oggPage({ sequence: 1, lacings: [40], body })]));
    expect(error.message).toContain(`holds ${name} but no Opus`);
    expect((await failure(first)).message).toContain(`holds ${name} but no Opus`);
  });

  it('is an Ogg stream read from its middle', async () => {
    expect((await failure(concat(pages.slice(4)))).message).toContain('from its beginning');
  });

  it.each([
    ['six channels', opusHead(6, 1), '-ac 2'],
    ['ambisonics', opusHead(4, 2), 'family 2'],
    ['no channel', opusHead(0), '0 channels'],
    ['three channels in family 0', opusHead(3), '3 channels'],
    ['a future version', opusHead(2, 0, 0x10), 'version 16'],
    ['a short header', opusHead().subarray(0, 12), '12 bytes'],
  ])('is Opus with %s', async (_what, head, text) => {
    const { frames, error } = await read(oggFile(packets, { head }));
    expect(frames).toEqual([]);
    expect((error as MediaFormatError).message).toContain(text);
  });

  it.each([
    ['a path', 'song.opus' as unknown as ByteInput, 'createReadStream'],
    ['null', null as unknown as ByteInput, 'null'],
    ['a number', 7 as unknown as ByteInput, 'number'],
    ['an object', {} as unknown as ByteInput, 'object'],
    ['text chunks', ['OggS'] as unknown as ByteInput, 'setEncoding'],
  ])('is no bytes at all: %s', async (_what, input, text) => {
    expect((await failure(input)).message).toContain(text);
  });
});

describe('a file that is cut off', () => {
  const file = concat(pages);

  it('gives every frame of the whole pages, then the error, wherever the cut is', async () => {
    const ends = pages.map((_, i) => pages.slice(0, i + 1).reduce((sum, page) => sum + page.length, 0));
    for (let at = 1; at < file.length; at += 197) {
      const whole = ends.filter((end) => end <= at).length;
      const { frames, error } = await read(file.subarray(0, at));
      expect(texts(frames)).toEqual(texts(packets.slice(0, Math.max(0, whole - 2) * 10)));
      if (ends.includes(at) && whole > 2) expect(error).toBeUndefined();
      else expect(error).toBeInstanceOf(MediaFormatError);
    }
    const { error } = await read(file.subarray(0, file.length - 1));
    expect(error).toMatchObject({ offset: file.length - 1 });
    expect((error as Error).message).toMatch(/cut off inside a page.*All 110 frames/);
  });

  it('may end inside a packet on the boundary of two pages', async () => {
    const wanted = [...opusPackets(10, () => 1200)];
    const spanning = [...oggPages(wanted, { segmentsPerPage: 4, endOfStream: false })];
    const { frames, error } = await read(spanning.slice(0, 5));
    expect(frames).toEqual(wanted.slice(0, frames.length));
    expect((error as Error).message).toContain('cut off inside a packet');
  });

  it('may end inside its headers', async () => {
    const { error } = await read(pages[0]!);
    expect((error as Error).message).toContain('cut off inside its headers');
  });

  it('is whole without the end mark', async () => {
    const { frames, error } = await read(oggFile(packets, { endOfStream: false }));
    expect(error).toBeUndefined();
    expect(frames).toEqual(packets);
  });
});

describe('a damaged file', () => {
  const offset = (page: number): number => pages.slice(0, page).reduce((sum, { length }) => sum + length, 0);
  /** What is lost is replaced by silence of the same duration. */
  const silence = (packetCount: number): Uint8Array[] => Array.from({ length: packetCount }, () => Uint8Array.of(0xfc, 0xff, 0xfe));
  const without = (page: number): Uint8Array[] => [
    ...packets.slice(0, (page - 2) * 10),
    ...silence(10),
    ...packets.slice((page - 1) * 10),
  ];
  const withPage = (index: number, page: Uint8Array): Uint8Array[] => [...pages.slice(0, index), page, ...pages.slice(index + 1)];

  it.each([
    ['within', 6],
    ['at the end of the file', pages.length - 1],
  ])('has one changed byte put right, whichever it is, and says so: %s', async (_where, index) => {
    const page = pages[index]!;
    // A page is recognised by its capture pattern.
    for (let at = 4; at < page.length; at += at < 60 ? 1 : 23) {
      const flipped = page.slice();
      flipped[at]! ^= 1 + (at % 255);
      const { frames, error, damage } = await read(withPage(index, flipped));
      expect({ error, at }).toEqual({ error: undefined, at });
      const headerField = at === 4 || (at === 5 && flipped[5]! > 7);
      if (headerField) continue;
      expect(texts(frames)).toEqual(texts(packets));
      expect(damage).toEqual([{ reason: 'mended-byte', offset: offset(index) + at, bytes: 0 }]);
    }
  });

  it('loses the page with more changed bytes than one, and is silent for as long', async () => {
    const page = pages[6]!;
    for (let at = 0; at < page.length - 1; at += 37) {
      const flipped = page.slice();
      flipped[at]! ^= 0x55;
      flipped[page.length - 1 - (at >> 1)]! ^= 0x2a;
      const { frames, error, damage } = await read(withPage(6, flipped));
      expect(error).toBeUndefined();
      expect(texts(frames)).toEqual(texts(without(6)));
      expect(damage).toEqual([
        { reason: 'unreadable-bytes', offset: offset(6), bytes: page.length },
        { reason: 'missing-pages', offset: offset(7), bytes: 0 },
      ]);
    }
  });

  it('loses a missing page', async () => {
    const { frames, error, damage } = await read([...pages.slice(0, 6), ...pages.slice(7)]);
    expect(error).toBeUndefined();
    expect(frames).toEqual(without(6));
    expect(damage).toEqual([{ reason: 'missing-pages', offset: offset(6), bytes: 0 }]);
  });

  it('plays around what lies between pages, before the first and after the last', async () => {
    const junk = ascii('OggS and Ogg and OggS');
    const { frames, error, damage } = await read([ascii('some junk'), ...pages.slice(0, 5), junk, ...pages.slice(5), ascii('TAG O')]);
    expect(error).toBeUndefined();
    expect(frames).toEqual(packets);
    expect(damage.map(({ bytes }) => bytes)).toEqual([9, junk.length, 5]);
  });

  it('is told from a cut: a last page but one whose length grew does not hide the last', async () => {
    const grown = pages.at(-2)!.slice();
    grown[26] = 255;
    grown[40]! ^= 1;
    const { frames, error, damage } = await read([...pages.slice(0, -2), grown, pages.at(-1)!]);
    expect(error).toBeUndefined();
    expect(frames).toEqual(without(pages.length - 2));
    expect(damage.map(({ reason }) => reason)).toEqual(['unreadable-bytes', 'missing-pages']);
  });

  it.each([
    [1200, 7, 4, [0, 1, -1, -1, -1, 5, 6, 7, 8, 9, 10, 11]],
    // Here the two remaining ends would together form a packet of a possible length.
    [600, 4, 3, [0, -1, -1, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  ])('loses a packet whose beginning or end is missing, and no other: %d bytes', async (bytes, segmentsPerPage, lost, left) => {
    const wanted = [...opusPackets(12, () => bytes)];
    const spanning = [...oggPages(wanted, { segmentsPerPage })];
    const { frames, error } = await read([...spanning.slice(0, lost), ...spanning.slice(lost + 1)]);
    expect(error).toBeUndefined();
    // -1: replaced by silence.
    const kept = frames.map((frame) => wanted.findIndex((packet) => Buffer.compare(packet, frame) === 0));
    expect(kept).toEqual(left);
  });

  it('has pages after the one that is marked as the last', async () => {
    const body = packets[0]!;
    const late = oggPage({ sequence: pages.length, lacings: [body.length], body });
    const { frames, error, damage } = await read([...pages, late]);
    expect({ error, damage }).toEqual({ error: undefined, damage: [] });
    expect(frames).toEqual(packets);
  });

  it('has a page that claims to go on with what never began', async () => {
    const body = concat([packets[0]!, packets[1]!]);
    const bad = oggPage({ sequence: 2, continued: true, lacings: [packets[0]!.length, packets[1]!.length], body });
    const { frames, damage } = await read([...pages.slice(0, 2), bad]);
    expect(frames).toEqual([packets[1]]);
    expect(damage).toEqual([{ reason: 'broken-packet', offset: offset(2), bytes: 0 }]);
  });

  it('does not pass on what is no Opus packet: empty, malformed, or longer than any', async () => {
    const bad = [new Uint8Array(0), Uint8Array.of(0xff, 0), new Uint8Array(70_000).fill(0xff), new Uint8Array(200_000)];
    const { frames, error, damage } = await read(oggFile([packets[0]!, ...bad, packets[1]!]));
    expect(error).toBeUndefined();
    // Time begins with the first page: only a loss on a later page leaves a pause.
    expect(frames).toEqual([packets[0], ...silence(2), packets[1]]);
    expect(damage.map(({ reason }) => reason)).toEqual(bad.map(() => 'invalid-packet'));
  });

  it('still plays when only the comments are lost', async () => {
    const { frames } = await read([pages[0]!, ...pages.slice(2)]);
    expect(frames).toEqual(packets);
  });

  it('fails when nothing of it can be played', async () => {
    const { error } = await read(oggFile([new Uint8Array(0)]));
    expect((error as Error).message).toContain('no frame');
  });

  it('is given up when no page comes any more, though bytes do', async () => {
    let given = 0;
    function* endless(): Generator<Uint8Array> {
      yield* pages.slice(0, 4);
      for (;;) {
        given += 65_536;
        yield new Uint8Array(65_536);
      }
    }
    const { frames, error } = await read(endless());
    expect(frames).toEqual(packets.slice(0, 20));
    expect((error as Error).message).toContain('damaged beyond reading');
    expect(given).toBeLessThan(20_000_000);
  });

  it('is given up when it was made to waste time: a pattern every 28 bytes that claims to be a long page', async () => {
    const claim = oggPage({ sequence: 9, lacings: [255], body: new Uint8Array(0) });
    const bomb = new Uint8Array(28 * 80_000);
    for (let at = 0; at < bomb.length; at += 28) bomb.set(claim, at);
    for (let at = 0; at < bomb.length; at += 28) bomb[at + 26] = 255;
    const { error } = await read([...pages.slice(0, 3), bomb]);
    expect((error as Error).message).toContain('damaged beyond reading');
  });
});

it('passes an error of the source on as it is, after the frames before it', async () => {
  const broken = new Error('the disk is gone');
  function* source(): Generator<Uint8Array> {
    yield* pages.slice(0, 4);
    throw broken;
  }
  const { frames, error } = await read(source());
  expect(error).toBe(broken);
  expect(frames).toEqual(packets.slice(0, 20));
});

