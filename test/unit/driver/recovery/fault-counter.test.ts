import { describe, expect, it } from 'vitest';
import { FaultCounter } from '../../../../src/driver/recovery/fault-counter.js';
import type { FaultKind } from '../../../../src/fault.js';

const STABLE = 10_000;
const SPENT = { resumable: false, fresh: false };
const LOST: FaultKind = { type: 'closed', closeCode: 1006 };
const REFUSED: FaultKind = { type: 'closed', closeCode: 4006 };
const HUNG: FaultKind = { type: 'timeout', stage: 'hello', ms: 5_000 };

/** The consecutive number of a fault at `now`. */
function count(faults: FaultCounter, now: number): number {
  faults.add(LOST, SPENT, now);
  return faults.count;
}

describe('FaultCounter', () => {
  it('counts faults in a row, from 1', () => {
    const faults = new FaultCounter(STABLE);
    expect([count(faults, 0), count(faults, 1), count(faults, STABLE * 9)]).toEqual([1, 2, 3]);
    expect(faults.wasReady).toBe(false);
  });

  // Two faults and a resume, then so long in `ready`, then a third fault.
  it.each([
    [0, { count: 3, repeats: 3, resume: 1 }],
    [3_333, { count: 3, repeats: 3, resume: 1 }],
    [3_334, { count: 2, repeats: 2, resume: 0 }],
    [6_667, { count: 1, repeats: 1, resume: 0 }],
    [STABLE, { count: 1, repeats: 1, resume: 0 }],
    [STABLE * 100, { count: 1, repeats: 1, resume: 0 }],
    [-1_000, { count: 3, repeats: 3, resume: 1 }],
  ])('gets over one fault in each third of the time after which it is stable: %i ms', (ms, expected) => {
    const faults = new FaultCounter(STABLE);
    count(faults, 0);
    faults.decided({ action: 'resume', delay: 0 });
    count(faults, 10);
    faults.ready(1_000);
    const fault = faults.add(LOST, { resumable: true, fresh: false }, 1_000 + ms);
    expect({ count: faults.count, repeats: fault.repeats, resume: fault.tried.resume }).toEqual(expected);
    expect(fault).toMatchObject({ wasReady: true, resumable: true, fresh: false });
  });

  it('gets over everything, however much it was, once it is stable; at once if that takes no time', () => {
    for (const stable of [STABLE, 0]) {
      const faults = new FaultCounter(stable);
      for (let i = 0; i < 20; i++) {
        count(faults, 0);
        faults.decided({ action: 'rejoin', delay: 0 });
      }
      faults.ready(0);
      expect(faults.add(LOST, SPENT, stable)).toMatchObject({ repeats: 1, tried: { rejoin: 0 } });
      expect(faults.count).toBe(1);
    }
  });

  it('does not take the time between two faults for time spent ready', () => {
    const faults = new FaultCounter(STABLE);
    faults.ready(0);
    expect(count(faults, 100)).toBe(1);
    expect(count(faults, 100 + STABLE)).toBe(2);
  });

  it('counts from the last time it became ready', () => {
    const faults = new FaultCounter(STABLE);
    count(faults, 0);
    faults.ready(0);
    faults.ready(STABLE - 5);
    expect(count(faults, STABLE)).toBe(2);
  });

  it('tells the same fault from another', () => {
    const faults = new FaultCounter(STABLE);
    const repeats = [LOST, REFUSED, LOST, HUNG, { ...HUNG, stage: 'ready' } as const, HUNG, { type: 'acks' } as const].map(
      (kind) => faults.add(kind, SPENT, 0).repeats,
    );
    expect(repeats).toEqual([1, 1, 2, 1, 1, 2, 1]);
  });

  it('remembers what was decided, and hands out no more than a copy of it', () => {
    const faults = new FaultCounter(STABLE);
    const first = faults.add(LOST, SPENT, 0);
    faults.decided({ action: 'reidentify', delay: 0 });
    faults.decided({ action: 'wait', delay: 0 });
    faults.decided({ action: 'fail' });
    expect(first.tried).toEqual({ resume: 0, reidentify: 0, rejoin: 0 });
    expect(faults.add(LOST, SPENT, 0).tried).toEqual({ resume: 0, reidentify: 1, rejoin: 0 });
  });

  it('does not count news', () => {
    const faults = new FaultCounter(STABLE);
    count(faults, 0);
    faults.decided({ action: 'rejoin', delay: 0 });
    expect(faults.news({ type: 'new-token' })).toEqual({
      type: 'new-token', wasReady: false, resumable: false, fresh: true, repeats: 1, tried: { resume: 0, reidentify: 0, rejoin: 0 },
    }); // prettier-ignore
    expect(faults.count).toBe(1);
  });
});
