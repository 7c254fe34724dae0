import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Renumbering } from '../../../../src/server/media/renumbering.js';

describe('renumbering', () => {
  it('leaves numbers alone where nothing is inserted', () => {
    const numbering = new Renumbering();
    expect(numbering.insert()).toBe(undefined);
    expect([7, 8, 65_535, 0, 9].map((n) => numbering.forward(n))).toEqual([7, 8, 65_535, 0, 9]);
  });

  it('makes room behind what was there, and keeps the place of what comes late', () => {
    const numbering = new Renumbering();
    const out = [numbering.forward(7), numbering.forward(8), numbering.insert(), numbering.forward(9), numbering.insert()];
    expect(out).toEqual([7, 8, 9, 10, 11]);
    expect([numbering.forward(11), numbering.forward(10), numbering.forward(8)]).toEqual([13, 12, 8]);
  });

  it('keeps count of more insertions than it remembers one by one', () => {
    const numbering = new Renumbering();
    numbering.forward(0);
    for (let n = 1; n <= 600; n++) expect([numbering.insert(), numbering.forward(n)]).toEqual([2 * n - 1, 2 * n]);
    expect(numbering.forward(590)).toBe(1_180);
  });

  it('gives every packet a number of its own, in order, over every wrap, with whatever came late', () => {
    const step = fc.record({ insert: fc.nat(2), swap: fc.boolean() });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.array(step, { maxLength: 400 }), (first, steps) => {
        const numbering = new Renumbering();
        numbering.forward(first);
        const used = [first];
        const ranks: (readonly [rank: number, number: number])[] = [];
        let [next, rank] = [first + 1, 0];
        for (const { insert, swap } of steps) {
          for (let i = 0; i < insert; i++) used.push(numbering.insert()!);
          const pair = swap ? [next + 1, next] : [next, next + 1];
          const forwarded = pair.map((n) => numbering.forward(n & 0xffff));
          used.push(...forwarded);
          // In the sender's order again.
          for (const number of swap ? forwarded.reverse() : forwarded) ranks.push([rank++, number]);
          next += 2;
        }
        expect(new Set(used).size).toBe(used.length);
        for (const [index, [, number]] of ranks.entries())
          if (index > 0) expect((number - ranks[index - 1]![1]) & 0xffff).toBeLessThan(4);
      }),
    );
  });
});
