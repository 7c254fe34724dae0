import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../../src/crypto/random.js';
import { toHex } from '../../vectors/read-vectors.js';

describe('randomBytes', () => {
  it('gives as many bytes as asked for', () => {
    for (const bytes of [0, 1, 4, 24, 512, 513, 4_096]) expect(randomBytes(bytes)).toHaveLength(bytes);
  });

  it('gives other bytes each time', () => {
    const seen = new Set(Array.from({ length: 100 }, () => toHex(randomBytes(24))));
    expect(seen.size).toBe(100);
  });

  it('gives each bytes of his own, however many others ask and whatever he does with them', () => {
    const first = randomBytes(6);
    const before = toHex(first);
    for (let i = 0; i < 300; i += 1) randomBytes(7).fill(0);
    expect(toHex(first)).toBe(before);
    expect(first.buffer.byteLength).toBe(6);
  });
});
