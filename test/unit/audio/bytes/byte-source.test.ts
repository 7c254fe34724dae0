import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCursor } from '../../../../src/audio/bytes/byte-cursor.js';
import { ByteSource } from '../../../../src/audio/bytes/byte-source.js';
import { id3Bytes } from '../../../../src/audio/bytes/id3.js';
import { ascii, concat } from '../../../support/ogg-writer.js';

const DATA = Uint8Array.from({ length: 3_000 }, (_, i) => (i * 31 + (i >> 5)) & 255);

/** The data in pieces; all pieces use the same memory. */
function* reused(lengths: readonly number[]): Generator<Uint8Array> {
  const memory = Buffer.alloc(1_000);
  let at = 0;
  for (const length of [...lengths, 1_000, 1_000, 1_000]) {
    const piece = memory.subarray(0, Math.min(length, DATA.length - at));
    piece.set(DATA.subarray(at, at + piece.length));
    at += piece.length;
    yield piece;
  }
}

async function rest(source: ByteSource): Promise<number[]> {
  const all: number[] = [];
  for (let piece = await source.read(); piece !== undefined; piece = await source.read()) all.push(...piece);
  return all;
}

const pieces = fc.array(fc.nat(900), { maxLength: 6 });

/** Comparing bytes one by one costs more than reading them. */
function expectSame(bytes: Uint8Array, wanted: Uint8Array): void {
  if (Buffer.compare(bytes, wanted) !== 0) expect(bytes).toEqual(wanted);
}

describe('a source of bytes', () => {
  it('may be looked at, skipped and rewound in any order: what is read is what was given', async () => {
    const steps = fc.array(fc.oneof(fc.record({ peek: fc.nat(800) }), fc.record({ skip: fc.nat(400) }), fc.constant({ read: true as const })), { maxLength: 12 }); // prettier-ignore
    const check = async (lengths: number[], actions: ({ peek: number } | { skip: number } | { read: true })[]): Promise<void> => {
      const source = new ByteSource(reused(lengths));
      let at = 0;
      source.mark();
      for (const action of actions) {
        if ('peek' in action) {
          const seen = await source.peek(action.peek);
          expectSame(seen, DATA.subarray(at, at + seen.length));
          if (seen.length < Math.min(action.peek, DATA.length - at)) expect.fail(`${seen.length} bytes of ${action.peek}`);
        } else if ('skip' in action) {
          await source.skip(action.skip);
          at = Math.min(DATA.length, at + action.skip);
        } else {
          const piece = await source.read();
          if (piece !== undefined) expectSame(piece, DATA.subarray(at, at + piece.length));
          at += piece?.length ?? 0;
        }
        expect(source.bytesRead).toBe(at);
      }
      source.rewind();
      expect(source.bytesRead).toBe(0);
      expectSame(Uint8Array.from(await rest(source)), DATA);
      expect(source.bytesRead).toBe(DATA.length);
    };
    await fc.assert(fc.asyncProperty(pieces, steps, check), { seed: 20_261_129, numRuns: 200 });
  });

  it('gives nothing after it was let go of, whatever was looked at', async () => {
    const source = new ByteSource(reused([100]));
    source.mark();
    await source.peek(150);
    await source.release();
    source.rewind();
    expect(await source.read()).toBeUndefined();
    expect((await source.peek(10)).length).toBe(0);
  });
});

it('a cursor has at hand what it is asked for, and knows where it is', async () => {
  const steps = fc.array(fc.record({ fill: fc.nat(700), go: fc.nat(700) }), { maxLength: 12 });
  const check = async (lengths: number[], actions: { fill: number; go: number }[]): Promise<void> => {
    const cursor = new ByteCursor(new ByteSource(reused(lengths)));
    let at = 0;
    for (const { fill, go } of actions) {
      expect(await cursor.fill(fill)).toBe(at + fill <= DATA.length);
      expectSame(cursor.bytes, DATA.subarray(at, at + cursor.held));
      expect(await cursor.skip(go)).toBe(at + go <= DATA.length);
      at = Math.min(DATA.length, at + go);
      expect(cursor.offset).toBe(at);
    }
  };
  await fc.assert(fc.asyncProperty(pieces, steps, check), { seed: 20_261_129, numRuns: 200 });
});

it.each([
  ['none', ascii('OggS and more'), 0],
  ['of 257 bytes', concat([ascii('ID3\x04\0\0'), Uint8Array.of(0, 0, 2, 1)]), 267],
  ['with a footer', concat([ascii('ID3\x04\0\x10'), Uint8Array.of(0, 0, 0, 5)]), 25],
  ['of an impossible length', concat([ascii('ID3\x04\0\0'), Uint8Array.of(0, 0, 0x80, 1)]), 0],
  ['cut off', ascii('ID3\x04'), 0],
])('an ID3 tag: %s', (_what, start, bytes) => {
  expect(id3Bytes(start)).toBe(bytes);
});
