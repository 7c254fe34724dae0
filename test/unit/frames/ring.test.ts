import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Ring } from '../../../src/frames/ring.js';

describe('Ring', () => {
  it('behaves as an array with push and shift, at every capacity', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant('push') },
      { weight: 5, arbitrary: fc.constant('shift') },
      { weight: 1, arbitrary: fc.constant('clear') },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.array(step, { maxLength: 400 }), (capacity, steps) => {
        const ring = new Ring<number>(capacity);
        const model: number[] = [];
        steps.forEach((what, i) => {
          if (what === 'clear') {
            ring.clear();
            model.length = 0;
          } else if (what === 'shift') {
            expect(ring.shift()).toBe(model.shift());
          } else if (!ring.full) {
            ring.push(i);
            model.push(i);
          }
          expect(ring.length).toBe(model.length);
          expect(ring.full).toBe(model.length === capacity);
        });
        while (model.length > 0) expect(ring.shift()).toBe(model.shift());
        expect(ring.shift()).toBeUndefined();
      }),
    );
  });

  it('keeps order while it grows around its end', () => {
    const ring = new Ring<number>(3_000);
    for (let i = 0; i < 8; i++) ring.push(i);
    for (let i = 0; i < 5; i++) ring.shift();
    for (let i = 8; i < 3_005; i++) ring.push(i);
    expect(ring.full).toBe(true);
    for (let i = 5; i < 3_005; i++) expect(ring.shift()).toBe(i);
  });

  it('counts in whole items', () => {
    const ring = new Ring<number>(2.9);
    ring.push(1);
    ring.push(2);
    expect(ring.capacity).toBe(2);
    expect(ring.full).toBe(true);
  });

  it.each([0, -1, Number.NaN, 0.5])('refuses to hold %s items', (capacity) => {
    expect(() => new Ring(capacity)).toThrow(RangeError);
  });

  it('may be without a limit', () => {
    const ring = new Ring<number>(Infinity);
    for (let i = 0; i < 10_000; i++) ring.push(i);
    expect(ring.full).toBe(false);
    expect(ring.shift()).toBe(0);
  });
});
