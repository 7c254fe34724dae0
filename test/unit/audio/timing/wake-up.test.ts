import { asyncScheduler, timer, type SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { WakeUp } from '../../../../src/audio/timing/wake-up.js';
import { READ_MS, stallingScheduler } from '../../../support/stalling-scheduler.js';
import { virtualTime } from '../../../support/virtual-time.js';

/** The times at which it wakes, in virtual time. */
function wakes(
  use: (wakeUp: WakeUp) => void,
  next: (now: number) => number | undefined = () => undefined,
  scheduler: SchedulerLike = asyncScheduler,
  leeway?: number,
): number[] {
  const at: number[] = [];
  virtualTime(({ flush }) => {
    const wakeUp = new WakeUp(scheduler, (now) => {
      at.push(now);
      return next(now);
    }, leeway);
    use(wakeUp);
    flush();
  });
  return at;
}

describe('a wake-up', () => {
  it('wakes at the earliest time it was set to, once', () => {
    expect(
      wakes((wakeUp) => {
        wakeUp.set(50);
        wakeUp.set(20);
        wakeUp.set(30);
        wakeUp.set(undefined);
      }),
    ).toEqual([20]);
  });

  it('sleeps again until the time it is told when it wakes', () => {
    expect(wakes((wakeUp) => wakeUp.set(20), (now) => (now < 100 ? now + 40 : undefined))).toEqual([20, 60, 100]);
  });

  it('wakes at once for what is due already', () => {
    expect(wakes((wakeUp) => wakeUp.set(-5))).toEqual([0]);
  });

  it('never wakes when it was stopped, even if set again', () => {
    expect(
      wakes((wakeUp) => {
        wakeUp.set(20);
        timer(10).subscribe(() => wakeUp.stop());
        timer(15).subscribe(() => wakeUp.set(16));
      }),
    ).toEqual([]);
  });
});

describe('a blocked event loop', () => {
  it('has what has come read before it wakes, however late it is', () => {
    expect([21, 28, 70, 1_000].map((free) => wakes((wakeUp) => wakeUp.set(20), undefined, stallingScheduler(15, free)))).toEqual(
      [21, 28, 70, 1_000].map((free) => [free + READ_MS]),
    );
  });

  it('is waited for each time that it is blocked', () => {
    const twice = stallingScheduler(15, 70);
    expect(wakes((wakeUp) => wakeUp.set(20), (now) => (now < 100 ? now - 10 : undefined), twice)).toEqual([72, 74, 76, 78, 80, 82, 84, 86, 88, 90, 92, 94, 96, 98, 100]);
  });

  it('is not asked within the leeway', () => {
    const at = (free: number): number[] => wakes((wakeUp) => wakeUp.set(20), undefined, stallingScheduler(15, free), 10);
    expect([30, 31].map(at)).toEqual([[30], [31 + READ_MS]]);
  });

  it('is not forgotten when something else is due in between', () => {
    expect(
      wakes(
        (wakeUp) => {
          wakeUp.set(20);
          timer(71).subscribe(() => wakeUp.set(80));
          timer(71).subscribe(() => wakeUp.set(10));
        },
        undefined,
        stallingScheduler(15, 70),
      ),
    ).toEqual([72]);
  });

  it('is waited for no more once it was stopped', () => {
    expect(
      wakes(
        (wakeUp) => {
          wakeUp.set(20);
          timer(71).subscribe(() => wakeUp.stop());
        },
        undefined,
        stallingScheduler(15, 70),
      ),
    ).toEqual([]);
  });

  it('is told to who is given more meanwhile', () => {
    const told: boolean[] = [];
    wakes(
      (wakeUp) => {
        wakeUp.set(20);
        for (const at of [19, 71, 73]) timer(at).subscribe(() => told.push(wakeUp.overdue(at)));
      },
      undefined,
      stallingScheduler(15, 70),
    );
    expect(told).toEqual([false, true, false]);
  });
});
