import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { uint16Add, uint32Add } from '../../../src/protocol/wrap.js';

describe('uint16Add', () => {
  it('wraps in both directions', () => {
    expect(uint16Add(0xffff, 1)).toBe(0);
    expect(uint16Add(0, -1)).toBe(0xffff);
    expect(uint16Add(0xfff0, 0x20)).toBe(0x10);
  });

  it('is addition modulo 2^16', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.integer({ min: -1e6, max: 1e6 }), (a, b) => {
        expect(uint16Add(a, b)).toBe((((a + b) % 65_536) + 65_536) % 65_536);
      }),
    );
  });
});

describe('uint32Add', () => {
  it('wraps in both directions, and is never negative', () => {
    expect(uint32Add(0xffffffff, 1)).toBe(0);
    expect(uint32Add(0, -1)).toBe(0xffffffff);
    expect(uint32Add(0x7fffffff, 1)).toBe(0x80000000);
  });

  it('is addition modulo 2^32, also for the samples of a pause of days', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (a, b) => {
        expect(BigInt(uint32Add(a, b))).toBe(BigInt.asUintN(32, BigInt(a) + BigInt(b)));
      }),
    );
  });
});
