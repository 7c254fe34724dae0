import { expect, it } from 'vitest';
import { SeenNonces } from '../../../../src/server/media/seen-nonces.js';

const packet = (n: number): Buffer => Buffer.from([n >>> 8, n]);

it('knows the first nonces of a key for ever, and the others for as long as duplicates come', () => {
  const nonces = new SeenNonces();
  const known = Array.from({ length: 10_000 }, (_, n) => nonces.note(String(n), packet(n)));
  expect(known.filter((before) => before !== undefined)).toEqual([]);
  // A counter that restarts, and a packet that arrives twice.
  expect(nonces.note('0', packet(7))).toEqual(packet(0));
  expect(nonces.note('63', packet(7))).toEqual(packet(63));
  expect(nonces.note('9999', packet(9_999))).toEqual(packet(9_999));
  expect(nonces.note('9488', packet(9_488))).toEqual(packet(9_488));
  // The numbers in between are forgotten, because the memory is bounded.
  expect(nonces.note('5000', packet(5_000))).toBeUndefined();
});
