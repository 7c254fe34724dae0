import { asyncScheduler, timer, type SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Alarm } from '../../../../src/audio/timing/wake-up.js';
import { stallingScheduler } from '../../../support/stalling-scheduler.js';
import { virtualTime } from '../../../support/virtual-time.js';

/** When an alarm rings, in virtual time. */
function rings(
  use: (alarm: Alarm) => void,
  next: (now: number) => number | undefined = () => undefined,
  scheduler: SchedulerLike = asyncScheduler,
): number[] {
  const at: number[] = [];
  virtualTime(({ flush }) => {
    const alarm = new Alarm(scheduler, (now) => {
      at.push(now);
      return next(now);
    });
    use(alarm);
    flush();
  });
  return at;
}

describe('an alarm', () => {
  it('rings at the earliest time it was set to, once', () => {
    expect(
      rings((alarm) => {
        alarm.set(50);
        alarm.set(20);
        alarm.set(30);
        alarm.set(undefined);
      }),
    ).toEqual([20]);
  });

  it('sleeps again until the time it is told when it rings', () => {
    expect(rings((alarm) => alarm.set(20), (now) => (now < 100 ? now + 40 : undefined))).toEqual([20, 60, 100]);
  });

  it('rings at once for what is due already', () => {
    expect(rings((alarm) => alarm.set(-5))).toEqual([0]);
  });

  it('never rings when it was stopped, even if set again', () => {
    expect(
      rings((alarm) => {
        alarm.set(20);
        timer(10).subscribe(() => alarm.stop());
        timer(15).subscribe(() => alarm.set(16));
      }),
    ).toEqual([]);
  });
});

describe('a blocked event loop', () => {
  it('gets as long again to read what has come, 100 ms at most', () => {
    expect(rings((alarm) => alarm.set(20), undefined, stallingScheduler(15, 70))).toEqual([120]);
    expect(rings((alarm) => alarm.set(20), undefined, stallingScheduler(15, 1_000))).toEqual([1_100]);
  });

  it('is not waited for twice, nor for a few milliseconds', () => {
    expect(rings((alarm) => alarm.set(20), undefined, stallingScheduler(15, 28))).toEqual([28]);
  });

  it('is not forgotten when something else is due in between', () => {
    expect(
      rings(
        (alarm) => {
          alarm.set(20);
          timer(75).subscribe(() => alarm.set(80));
        },
        undefined,
        stallingScheduler(15, 70),
      ),
    ).toEqual([120]);
  });
});
