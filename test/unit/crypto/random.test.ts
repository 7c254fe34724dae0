import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../../src/crypto/random.js';
import { toHex } from '../../vectors/read-vectors.js';

describe('randomBytes', () => {
  it('gives as many bytes as asked for', () => {
    for (const bytes of [0, 1, 4, 24]) expect(randomBytes(bytes)).toHaveLength(bytes);
  });

  it('gives other bytes each time', () => {
    const seen = new Set(Array.from({ length: 100 }, () => toHex(randomBytes(24))));
    expect(seen.size).toBe(100);
  });
});
