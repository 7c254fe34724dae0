import { asyncScheduler, timer, type SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { WakeUp } from '../../../../src/audio/timing/wake-up.js';
import { stallingScheduler } from '../../../support/stalling-scheduler.js';
import { virtualTime } from '../../../support/virtual-time.js';

/** When it wakes, in virtual time. */
function wakes(
  use: (wakeUp: WakeUp) => void,
  next: (now: number) => number | undefined = () => undefined,
  scheduler: SchedulerLike = asyncScheduler,
): number[] {
  const at: number[] = [];
  virtualTime(({ flush }) => {
    const wakeUp = new WakeUp(scheduler, (now) => {
      at.push(now);
      return next(now);
    });
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
  it('gets as long again to read what has come, 100 ms at most', () => {
    expect(wakes((wakeUp) => wakeUp.set(20), undefined, stallingScheduler(15, 70))).toEqual([120]);
    expect(wakes((wakeUp) => wakeUp.set(20), undefined, stallingScheduler(15, 1_000))).toEqual([1_100]);
  });

  it('is not waited for twice, nor for a few milliseconds', () => {
    expect(wakes((wakeUp) => wakeUp.set(20), undefined, stallingScheduler(15, 28))).toEqual([28]);
  });

  it('is not forgotten when something else is due in between', () => {
    expect(
      wakes(
        (wakeUp) => {
          wakeUp.set(20);
          timer(75).subscribe(() => wakeUp.set(80));
        },
        undefined,
        stallingScheduler(15, 70),
      ),
    ).toEqual([120]);
  });
});
