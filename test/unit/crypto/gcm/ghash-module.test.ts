import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HASH, HASH_KEY, loadGhash } from '../../../../src/crypto/gcm/ghash-module.js';
import { slowGhash } from '../../../support/ghash/slow-ghash.js';
import { hex, toHex } from '../../../vectors/read-vectors.js';

const { memory, hash, mask } = loadGhash();
const heap = new Uint8Array(memory.buffer);
const DATA = 1_024;

function ghash(key: Uint8Array, data: Uint8Array): string {
  heap.set(key, HASH_KEY);
  heap.set(data, DATA);
  hash(DATA, DATA + data.length);
  return toHex(heap.subarray(HASH, HASH + 16));
}

/** Dense blocks, where carries propagate furthest, and sparse blocks with a single bit. */
const block = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc.constantFrom(0x00, 0x11, 0x88, 0xff).map((byte) => new Uint8Array(16).fill(byte)),
  fc.nat(127).map((bit) => Uint8Array.from({ length: 16 }, (_, i) => (i === bit >> 3 ? 0x80 >> (bit & 7) : 0))),
);

describe('GHASH', () => {
  it('is what the paper of GCM says of test case 2', () => {
    const data = hex('0388dace60b6a392f328c2b971b2fe78 00000000000000000000000000000080');
    expect(ghash(hex('66e94bd4ef8a2c3b884cfa59ca342b2e'), data)).toBe('f38cbb1ad69223dcc3457ae5b6b0f885');
  });

  it('is that of its slow twin, of one block and of many', () => {
    fc.assert(
      fc.property(block, fc.array(block, { minLength: 1, maxLength: 20 }), (key, blocks) => {
        const data = Uint8Array.from(Buffer.concat(blocks));
        expect(ghash(key, data)).toBe(toHex(slowGhash(key, data)));
      }),
      { numRuns: 300 },
    );
  });

  it('multiplies every power by every power', () => {
    const power = (bit: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => (i === bit >> 3 ? 0x80 >> (bit & 7) : 0));
    const wrong: string[] = [];
    for (let a = 0; a < 128; a += 1) {
      for (let b = 0; b < 128; b += 3) if (ghash(power(a), power(b)) !== toHex(slowGhash(power(a), power(b)))) wrong.push(`${a} ${b}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('the mask', () => {
  it('is XORed eight bytes at a time, and nothing beyond them', () => {
    heap.fill(0x0f, DATA, DATA + 32);
    heap.fill(0xf5, 4_096, 4_096 + 32);
    mask(DATA, DATA + 17, 4_096);
    expect(toHex(heap.subarray(DATA, DATA + 32))).toBe('fa'.repeat(24) + '0f'.repeat(8));
  });
});
