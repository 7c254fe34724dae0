/** Where a new session goes: to a node with room, and never more than twice its share to one node, whatever all nodes believe. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRAWN, place, type Candidate } from '../../../src/nodes/placement.js';
import { seeded } from '../../nodes/simulate/measures.mjs';

const nodes = (...uses: number[]): Candidate[] => uses.map((use, i) => ({ id: String(i), use }));

describe('placement', () => {
  it('is one of them, and none where there are none', () => {
    expect(place([], () => 0)).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1 }), fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (uses, random) => {
        const id = place(nodes(...uses), () => random.next().value as number);
        const use = uses[Number(id)]!;
        expect(use).toBeDefined();
        // A full node is asked only if all are full.
        if (uses.some((one) => one < 1)) expect(use).toBeLessThan(1);
        // If there are so few, all of them are compared.
        if (uses.filter((one) => one < 1).length <= DRAWN && use < 1) expect(use).toBe(Math.min(...uses));
      }),
    );
  });

  it('changes nothing of what it is given', () => {
    const given = nodes(2, 1, 3);
    place(given, seeded(1));
    expect(given.map(({ id }) => id)).toEqual(['0', '1', '2']);
  });

  it('of a thousand bots with the same news gives the idlest no more than its share twice', () => {
    const random = seeded(1);
    const table = nodes(0.1, ...Array.from({ length: 99 }, () => 0.2));
    const chosen = Array.from({ length: 10_000 }, () => place(table, random));
    expect(chosen.filter((id) => id === '0').length).toBeLessThan((10_000 / 100) * DRAWN * 1.3);
    expect(chosen.filter((id) => id === '0').length).toBeGreaterThan(100);
  });
});
