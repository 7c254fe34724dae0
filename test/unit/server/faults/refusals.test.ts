import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../../src/server/faults/rate-limiter.js';
import { Refusals } from '../../../../src/server/faults/refusals.js';

describe('refusals', () => {
  it('wear out, those of a user before those of everybody', () => {
    const refusals = new Refusals<'a' | 'b'>();
    refusals.set('a', 1, { times: 2 });
    refusals.set('a', 2, { userId: '7', times: 1 });
    expect([refusals.take('b', '7'), refusals.take('a', '7'), refusals.take('a', '8'), refusals.take('a', null)]).toEqual([undefined, 2, 1, 1]);
    expect(refusals.take('a', '7')).toBe(undefined);
  });

  it('are taken back one by one, or replaced', () => {
    const refusals = new Refusals<'a'>();
    refusals.set('a', 1, {});
    refusals.set('a', 2, { userId: '7' });
    refusals.set('a', 3, {});
    refusals.set('a', null, { userId: '7' });
    for (let i = 0; i < 5; i++) expect(refusals.take('a', '7')).toBe(3);
    refusals.set('a', 4, { times: 0 });
    expect(refusals.take('a', '7')).toBe(undefined);
  });
});

describe('a rate limiter', () => {
  it('counts each user over a window that slides, refused attempts too', () => {
    const limiter = new RateLimiter();
    expect(limiter.exceeds('1', 0)).toBe(false);
    limiter.set({ times: 2, window: 100 });
    expect([0, 50, 99].map((at) => limiter.exceeds('1', at))).toEqual([false, false, true]);
    expect(limiter.exceeds('2', 99)).toBe(false);
    // Those of 50 and 99 count at 149; that of 50 no longer does at 150, when those of 99 and 149 do.
    expect([149, 150, 260].map((at) => limiter.exceeds('1', at))).toEqual([true, true, false]);
    limiter.set(undefined);
    expect([260, 260, 260].some((at) => limiter.exceeds('1', at))).toBe(false);
  });
});
