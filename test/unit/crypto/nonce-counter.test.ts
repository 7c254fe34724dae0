import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { NonceCounter } from '../../../src/crypto/nonce-counter.js';
import { toHex } from '../../vectors/read-vectors.js';

function take(counter: NonceCounter, count: number): string[] {
  return Array.from({ length: count }, () => {
    const out = new Uint8Array(4);
    counter.write(out, 0);
    return toHex(out);
  });
}

describe('NonceCounter', () => {
  it('writes little-endian, from where the official client starts', () => {
    expect(take(new NonceCounter(0x80000000), 3)).toEqual(['00000080', '01000080', '02000080']);
  });

  it('carries from byte to byte', () => {
    expect(take(new NonceCounter(0xff), 2)).toEqual(['ff000000', '00010000']);
    expect(take(new NonceCounter(0x00ffffff), 2)).toEqual(['ffffff00', '00000001']);
  });

  it('wraps within its half, which it never leaves', () => {
    expect(take(new NonceCounter(0xfffffffe), 4)).toEqual(['feffffff', 'ffffffff', '00000080', '01000080']);
    expect(take(new NonceCounter(0x7ffffffe), 4)).toEqual(['feffff7f', 'ffffff7f', '00000000', '01000000']);
  });

  it('knows how many are left, and throws when its half is used up', () => {
    const counter = new NonceCounter(0x80000000);
    take(counter, 3);
    expect(counter.left).toBe(2 ** 31 - 3);
    // Counted in thousands; 2^31 single steps would take a minute.
    const short = new NonceCounter(7, 1_000);
    expect(new Set(take(short, 1_000)).size).toBe(1_000);
    expect(short.left).toBe(0);
    expect(() => take(short, 1)).toThrow('used up');
  });

  it('writes four bytes at the place asked for, and no other', () => {
    const out = new Uint8Array(8).fill(0xee);
    new NonceCounter(0x01020304).write(out, 2);
    expect(toHex(out)).toBe('eeee04030201eeee');
  });

  it('never gives a value twice within a run', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (start) => {
        expect(new Set(take(new NonceCounter(start), 300)).size).toBe(300);
      }),
      { numRuns: 50 },
    );
  });
});
