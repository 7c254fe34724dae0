import { describe, expect, it } from 'vitest';
import { Attempts } from '../../../../src/driver/recovery/attempts.js';
import type { FaultKind } from '../../../../src/driver/recovery/recovery.js';

const STABLE = 10_000;
const SPENT = { resumable: false, fresh: false };
const LOST: FaultKind = { type: 'closed', closeCode: 1006 };
const REFUSED: FaultKind = { type: 'closed', closeCode: 4006 };
const HUNG: FaultKind = { type: 'timeout', stage: 'hello', ms: 5_000 };

/** The number in a row of a fault at `now`. */
function count(attempts: Attempts, now: number): number {
  attempts.fault(LOST, SPENT, now);
  return attempts.count;
}

describe('Attempts', () => {
  it('counts faults in a row, from 1', () => {
    const attempts = new Attempts(STABLE);
    expect([count(attempts, 0), count(attempts, 1), count(attempts, STABLE * 9)]).toEqual([1, 2, 3]);
    expect(attempts.wasReady).toBe(false);
  });

  // Two faults and a resume, then so long ready, then a third fault.
  it.each([
    [0, { count: 3, repeats: 3, resume: 1 }],
    [3_333, { count: 3, repeats: 3, resume: 1 }],
    [3_334, { count: 2, repeats: 2, resume: 0 }],
    [6_667, { count: 1, repeats: 1, resume: 0 }],
    [STABLE, { count: 1, repeats: 1, resume: 0 }],
    [STABLE * 100, { count: 1, repeats: 1, resume: 0 }],
    [-1_000, { count: 3, repeats: 3, resume: 1 }],
  ])('gets over one fault in each third of the time after which it is stable: %i ms', (ms, expected) => {
    const attempts = new Attempts(STABLE);
    count(attempts, 0);
    attempts.decided({ action: 'resume', delay: 0 });
    count(attempts, 10);
    attempts.ready(1_000);
    const fault = attempts.fault(LOST, { resumable: true, fresh: false }, 1_000 + ms);
    expect({ count: attempts.count, repeats: fault.repeats, resume: fault.tried.resume }).toEqual(expected);
    expect(fault).toMatchObject({ wasReady: true, resumable: true, fresh: false });
  });

  it('gets over everything, however much it was, once it is stable; at once if that takes no time', () => {
    for (const stable of [STABLE, 0]) {
      const attempts = new Attempts(stable);
      for (let i = 0; i < 20; i++) {
        count(attempts, 0);
        attempts.decided({ action: 'rejoin', delay: 0 });
      }
      attempts.ready(0);
      expect(attempts.fault(LOST, SPENT, stable)).toMatchObject({ repeats: 1, tried: { rejoin: 0 } });
      expect(attempts.count).toBe(1);
    }
  });

  it('does not take the time between two faults for time spent ready', () => {
    const attempts = new Attempts(STABLE);
    attempts.ready(0);
    expect(count(attempts, 100)).toBe(1);
    expect(count(attempts, 100 + STABLE)).toBe(2);
  });

  it('counts from the last time it became ready', () => {
    const attempts = new Attempts(STABLE);
    count(attempts, 0);
    attempts.ready(0);
    attempts.ready(STABLE - 5);
    expect(count(attempts, STABLE)).toBe(2);
  });

  it('tells the same fault from another', () => {
    const attempts = new Attempts(STABLE);
    const repeats = [LOST, REFUSED, LOST, HUNG, { ...HUNG, stage: 'ready' } as const, HUNG, { type: 'acks' } as const].map(
      (kind) => attempts.fault(kind, SPENT, 0).repeats,
    );
    expect(repeats).toEqual([1, 1, 2, 1, 1, 2, 1]);
  });

  it('remembers what was decided, and hands out no more than a copy of it', () => {
    const attempts = new Attempts(STABLE);
    const first = attempts.fault(LOST, SPENT, 0);
    attempts.decided({ action: 'reidentify', delay: 0 });
    attempts.decided({ action: 'wait', delay: 0 });
    attempts.decided({ action: 'fail' });
    expect(first.tried).toEqual({ resume: 0, reidentify: 0, rejoin: 0 });
    expect(attempts.fault(LOST, SPENT, 0).tried).toEqual({ resume: 0, reidentify: 1, rejoin: 0 });
  });

  it('does not count news', () => {
    const attempts = new Attempts(STABLE);
    count(attempts, 0);
    attempts.decided({ action: 'rejoin', delay: 0 });
    expect(attempts.news({ type: 'new-token' })).toEqual({
      type: 'new-token', wasReady: false, resumable: false, fresh: true, repeats: 1, tried: { resume: 0, reidentify: 0, rejoin: 0 },
    }); // prettier-ignore
    expect(attempts.count).toBe(1);
  });
});
