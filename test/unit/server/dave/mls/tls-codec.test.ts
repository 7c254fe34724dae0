import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concat, decode, items, lengthPrefix, TlsError, TlsReader, uint, uint64, vector,
} from '../../../../../src/server/dave/mls/tls-codec.js'; // prettier-ignore
import { hex, toHex } from '../../../../vectors/read-vectors.js';

const readVector = (bytes: Uint8Array) => decode(bytes, (reader) => ({ content: reader.vector() }));

describe('the TLS presentation language of MLS', () => {
  it.each([
    [0, '00'],
    [37, '25'],
    [63, '3f'],
    [64, '4040'],
    [15_293, '7bbd'],
    [16_383, '7fff'],
    [16_384, '80004000'],
    [494_878_333, '9d7f3e7d'],
    [0x3fffffff, 'bfffffff'],
  ])('a length of %i is %s', (length, expected) => expect(toHex(lengthPrefix(length))).toBe(expected));

  it('has no form for 2^30 bytes', () => expect(() => lengthPrefix(1 << 30)).toThrow(RangeError));

  it('numbers and vectors come back as they were', () => {
    const part = fc.oneof(
      fc.integer({ min: 0, max: 0xff }).map((value) => ({ kind: 'u8' as const, value, bytes: uint(value, 1) })),
      fc.integer({ min: 0, max: 0xffff }).map((value) => ({ kind: 'u16' as const, value, bytes: uint(value, 2) })),
      fc.integer({ min: 0, max: 0xffffffff }).map((value) => ({ kind: 'u32' as const, value, bytes: uint(value, 4) })),
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((value) => ({ kind: 'u64' as const, value, bytes: uint64(value) })),
      fc.uint8Array({ maxLength: 300 }).map((value) => ({ kind: 'vector' as const, value, bytes: vector(value) })),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const bytes = concat(...parts.map((each) => each.bytes));
        const read = decode(bytes, (reader) => parts.map(({ kind }) => reader[kind]()));
        expect(read).toEqual(parts.map(({ value }) => value));
        const cut = bytes.subarray(0, -1);
        if (bytes.length > 0) expect(decode(cut, (reader) => parts.map(({ kind }) => reader[kind]()))).toBeTypeOf('string');
      }),
      { numRuns: 300 },
    );
  });

  it.each([16_383, 16_384, 70_000])('a vector of %i bytes comes back', (length) => {
    const content = new Uint8Array(length).fill(7);
    const read = readVector(vector(content));
    expect(typeof read === 'string' ? read : Buffer.compare(read.content, content)).toBe(0);
  });

  it.each([
    ['a length of 11…', 'c000000000000000', /begins with 11/],
    ['a two-byte form of 63', `403f${'00'.repeat(63)}`, /more bytes than it needs/],
    ['a four-byte form of 64', `80000040${'00'.repeat(64)}`, /more bytes than it needs/],
    ['a four-byte form of 16383', `80003fff${'00'.repeat(16_383)}`, /more bytes than it needs/],
    ['a vector of 1 GiB in six bytes', 'bfffffff0000', /bytes wanted, 2 left/],
    ['half a length', '40', /1 bytes wanted, 0 left/],
    ['nothing', '', /1 bytes wanted, 0 left/],
    ['something behind', '0100ff', /1 bytes too many/],
  ])('%s is malformed', (_, text, reason) => expect(readVector(hex(text))).toMatch(reason));

  it('any bytes are read or refused, and nothing is read beyond them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const read = readVector(bytes);
        if (typeof read === 'string') expect(read).not.toBe('');
        else if (Buffer.compare(vector(read.content), bytes) !== 0) expect(vector(read.content)).toEqual(bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  it('items end where their vector does', () => {
    expect(items(hex('010203'), (reader) => reader.u8())).toEqual([1, 2, 3]);
    expect(() => items(hex('010203'), (reader) => reader.u16())).toThrow(TlsError);
  });

  it('reads a view that does not begin where its memory does', () => {
    expect(new TlsReader(hex('ffff0102ff').subarray(2, 4)).u16()).toBe(0x0102);
  });

  it('an error of the reader function is not taken for malformed bytes', () => {
    expect(() => decode(hex('00'), () => { throw new TypeError('a bug'); })).toThrow(TypeError); // prettier-ignore
  });
});
