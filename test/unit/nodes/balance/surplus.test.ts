/** How many sessions move from one node to another: none goes there and back, whatever each node believed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { surplus } from '../../../../src/nodes/balance/surplus.js';
import type { NodeRecord } from '../../../../src/nodes/registry/buckets.js';

const node = (sessions: number, capacity = 100, draining = false): NodeRecord => ({ sessions, capacity, draining });
const nodes = fc.record({ sessions: fc.nat(600), capacity: fc.integer({ min: 1, max: 500 }), draining: fc.constant(false) });

describe('what a node has too much of', () => {
  it.each<[string, NodeRecord, NodeRecord, number]>([
    ['as much as the other', node(40), node(40), 0],
    ['less', node(10), node(40), 0],
    ['more, within the margin', node(40), node(33), 0],
    ['more, beyond it', node(40), node(30), 2],
    ['few more, of few', node(3), node(0), 0],
    ['some more, of few', node(4), node(0), 1],
    ['much more: no more than four by one look', node(90), node(0), 4],
    ['more than one that ends', node(90), node(0, 100, true), 0],
    ['more than one that is full', node(200), node(100), 0],
    ['as much, of a smaller capacity', node(40, 50), node(40, 200), 4],
    ['more, of as much larger a capacity', node(80, 200), node(20, 50), 0],
  ])('%s', (_, mine, other, many) => {
    expect(surplus(mine, other)).toBe(many);
  });

  it('never leaves the other with more than is left here, and never comes back', () => {
    fc.assert(
      fc.property(nodes, nodes, (mine, other) => {
        const many = surplus(mine, other);
        fc.pre(many > 0);
        const [after, others] = [
          { ...mine, sessions: mine.sessions - many },
          { ...other, sessions: other.sessions + many },
        ];
        expect(after.sessions / mine.capacity).toBeGreaterThanOrEqual(others.sessions / other.capacity);
        expect(surplus(others, after)).toBe(0);
      }),
    );
  });

  it('of three that saw the same at the same time does not come back either', () => {
    fc.assert(
      fc.property(fc.nat(600), fc.nat(600), fc.integer({ min: 1, max: 700 }), (sessions, other, capacity) => {
        const many = surplus(node(sessions, capacity), node(other, capacity));
        fc.pre(many > 0);
        expect(surplus(node(other + 3 * many, capacity), node(sessions - many, capacity))).toBe(0);
      }),
    );
  });
});
