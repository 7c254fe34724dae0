import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ReplayBuffer } from '../../../../src/server/sessions/replay-buffer.js';

const seqOf = (message: unknown): number => (JSON.parse(message as string) as { seq: number }).seq;

describe('ReplayBuffer', () => {
  it('gives back exactly what came after any number, as far as it reaches', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.integer({ min: 1, max: 20 }), fc.nat(40), fc.nat(45), (first, limit, count, back) => {
        const buffer = new ReplayBuffer(limit, first);
        const given = Array.from({ length: count }, (_, index) => seqOf(buffer.push(5, index)));
        expect(given).toEqual(given.map((_, index) => (first + index) % 65_536));
        const seqAck = (((first + count - 1 - back) % 65_536) + 65_536) % 65_536;
        const missed = buffer.after(seqAck)?.map(seqOf);
        expect(missed).toEqual(back <= Math.min(count, limit) ? given.slice(count - back) : undefined);
        expect(buffer.after(null)?.map(seqOf)).toEqual(count <= limit ? given : undefined);
      }),
      { seed: 5 },
    );
  });
});
