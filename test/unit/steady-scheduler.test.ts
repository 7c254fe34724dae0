import { asyncScheduler } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { steadyScheduler } from '../../src/steady-scheduler.js';
import { virtualTime } from '../support/virtual-time.js';

afterEach(() => void vi.useRealTimers());

describe('steadyScheduler', () => {
  it.each([-3_600_000, 3_600_000])('does not see the wall clock being set by %i ms', (step) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const before = steadyScheduler.now();
    const wall = asyncScheduler.now();
    vi.setSystemTime(Date.now() + step);
    expect(Math.abs(asyncScheduler.now() - wall - step)).toBeLessThan(1_000);
    expect(steadyScheduler.now() - before).toBeGreaterThanOrEqual(0);
    expect(steadyScheduler.now() - before).toBeLessThan(1_000_000);
  });

  it('shows whole milliseconds of about now', () => {
    expect(Number.isInteger(steadyScheduler.now())).toBe(true);
    // Measured from the start of the process: the wall clock may have been set since, which is what this scheduler is for.
    expect(Math.abs(steadyScheduler.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
  });

  it('is virtual where asyncScheduler is, its timers as well', () => {
    virtualTime(({ flush }) => {
      const seen: number[] = [steadyScheduler.now()];
      steadyScheduler.schedule(
        function (this, again) {
          seen.push(steadyScheduler.now());
          if (again! > 0) this.schedule(again! - 1, 3_600_000);
        },
        20,
        1,
      );
      flush();
      expect(seen).toEqual([0, 20, 3_600_020]);
    }, { bound: 10_000_000 });
  });

  it('follows fake timers', () => {
    vi.useFakeTimers();
    const before = steadyScheduler.now();
    let fired = -1;
    steadyScheduler.schedule(() => (fired = steadyScheduler.now() - before), 5_000);
    vi.advanceTimersByTime(10_000);
    expect(fired).toBe(5_000);
    expect(steadyScheduler.now() - before).toBe(10_000);
  });
});
