import { describe, expect, it } from 'vitest';
import { Attempts } from '../../../src/driver/attempts.js';
import { STABLE_MS } from '../../../src/driver/recovery.js';

describe('Attempts', () => {
  it('counts faults in a row, from 1', () => {
    const attempts = new Attempts();
    expect([attempts.fault(0), attempts.fault(1), attempts.fault(STABLE_MS * 9)]).toEqual([1, 2, 3]);
    expect(attempts.wasReady).toBe(false);
  });

  it('starts anew after a session that was ready for 30 s, and not before', () => {
    for (const [ms, count] of [[STABLE_MS - 1, 3], [STABLE_MS, 1]] as const) {
      const attempts = new Attempts();
      attempts.fault(0);
      attempts.fault(10);
      attempts.ready(1_000);
      expect(attempts.fault(1_000 + ms)).toBe(count);
      expect(attempts.wasReady).toBe(true);
    }
  });

  it('does not take the time between two faults for time spent ready', () => {
    const attempts = new Attempts();
    attempts.ready(0);
    expect(attempts.fault(100)).toBe(1);
    expect(attempts.fault(100 + STABLE_MS)).toBe(2);
  });

  it('counts from the last time it became ready', () => {
    const attempts = new Attempts();
    attempts.fault(0);
    attempts.ready(0);
    attempts.ready(STABLE_MS - 5);
    expect(attempts.fault(STABLE_MS)).toBe(2);
  });
});
