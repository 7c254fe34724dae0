import { describe, expect, it } from 'vitest';
import { UNDECRYPTABLE_LIMIT } from '../../../../src/driver/dave/undecryptable-run.js';
import { RECOVERY_LIMIT, RECOVERY_WINDOW, RecoveryBudget } from '../../../../src/driver/dave/recovery-budget.js';
import { testFrame } from '../../../../src/testing/index.js';
import { Bench } from './bench.js';
import { encrypted, FakeProvider, into, SENDER } from './fake-provider.js';

const BAD = Uint8Array.of(9);
const waiting = (): Bench => {
  const b = new Bench(new FakeProvider()).join('40').describe(1).sender(SENDER);
  b.said();
  return b;
};
const member = (): Bench => waiting().welcome(3, into(1, 30, 40)).execute(3);

describe('the budget', () => {
  it('allows so many within its window, and says how long to wait for the next', () => {
    const budget = new RecoveryBudget(2, 100);
    expect([budget.take(0), budget.take(30), budget.take(50), budget.take(99), budget.take(100), budget.take(101)]).toEqual([
      0, 0, 50, 1, 0, 29,
    ]);
  });
});

describe('a server that disagrees for ever', () => {
  it('is answered five times, then once for each that the window lets go', () => {
    const b = waiting();
    for (let i = 0; i < 1_000; i += 1) b.wait(1).welcome(7, BAD);
    expect(b.said().filter((line) => line === '31 7').length).toBe(RECOVERY_LIMIT);
    expect(b.stands).toBe('v1 failed - hold');
    expect(b.timers).toBe(1);
    // For an hour: at most 5 in each 30 s.
    for (let i = 0; i < 36_000; i += 1) b.wait(100).welcome(7, BAD);
    const recoveries = b.said().filter((line) => line === '31 7').length;
    expect(recoveries).toBeGreaterThan(120);
    expect(recoveries).toBeLessThanOrEqual(5 * 121);
  });

  it('holds what plays, tries again by itself, and is mended by what can be applied', () => {
    const b = waiting();
    for (let i = 0; i <= RECOVERY_LIMIT; i += 1) b.welcome(7, BAD);
    b.said();
    expect(b.stands).toBe('v1 failed - hold');
    expect(b.wait(RECOVERY_WINDOW - 1).said()).toEqual([]);
    expect(b.wait(1).said()).toEqual(['31 7', '26 4b01']);
    expect(b.stands).toBe('v1 forming - hold');
    expect(b.welcome(8, into(2, 30, 40)).said()).toEqual(['23 8']);
    expect(b.stands).toBe('v1 secure 2');
  });

  it.each([
    ['a Welcome', (b: Bench) => b.welcome(0, into(2, 30, 40)), 'v1 secure 2'],
    ['a new group', (b: Bench) => b.epoch(1), 'v1 forming - hold'],
    ['a new description', (b: Bench) => b.describe(1), 'v1 forming - hold'],
  ])('%s makes the overdue recovery needless', (_, mend, stands) => {
    const b = waiting();
    for (let i = 0; i <= RECOVERY_LIMIT; i += 1) b.welcome(7, BAD);
    mend(b);
    b.said();
    expect(b.stands).toBe(stands);
    expect(b.wait(RECOVERY_WINDOW * 2).said()).toEqual([]);
  });
});

describe('frames in a row that cannot be decrypted', () => {
  const hear = (b: Bench, frames: number, epoch = 2, user = '40'): Bench => {
    for (let i = 0; i < frames; i += 1) b.hear(user, encrypted(epoch, testFrame(i)));
    return b;
  };

  it('of a member, with nothing under way: 31 with the last id, a new group, a key package', () => {
    const b = member();
    b.said();
    expect(hear(b, UNDECRYPTABLE_LIMIT - 1).said()).toEqual([]);
    expect(hear(b, 1).said()).toEqual(['31 3', '26 4b01']);
    expect(b.stands).toBe('v1 forming - hold');
  });

  it('with id 0 as the last one, too', () => {
    const b = waiting().welcome(0, into(1, 30, 40));
    expect(hear(b, UNDECRYPTABLE_LIMIT).said()).toEqual(['31 0', '26 4b01']);
  });

  it.each([
    ['one that can in between', (b: Bench) => hear(hear(hear(b, UNDECRYPTABLE_LIMIT - 1), 1, 1), UNDECRYPTABLE_LIMIT - 1)],
    ['a new epoch in between', (b: Bench) => hear(hear(b, UNDECRYPTABLE_LIMIT - 1).commit(0, into(2, 30, 40)), UNDECRYPTABLE_LIMIT - 1, 3)],
    ['a transition under way', (b: Bench) => hear(b.prepare(9, 1), UNDECRYPTABLE_LIMIT * 2)],
    ['of nobody in the group', (b: Bench) => hear(b.join('60'), UNDECRYPTABLE_LIMIT * 2, 2, '60')],
    ['of nobody in the call', (b: Bench) => hear(b, UNDECRYPTABLE_LIMIT * 2, 2, '77')],
    ['of who has left', (b: Bench) => hear(b.leave('40'), UNDECRYPTABLE_LIMIT * 2)],
  ])('not for %s', (_, act) => {
    const b = member();
    expect(act(b).said().filter((line) => line.startsWith('31'))).toEqual([]);
  });

  it('a member who does nothing else costs the call one recovery in 30 s', () => {
    const b = member();
    b.said();
    for (let i = 0; i < 500; i += 1) {
      hear(b.wait(20), 1);
      if (b.stands.includes('forming')) b.welcome(3, into(1, 30, 40)).execute(3);
    }
    expect(b.said().filter((line) => line.startsWith('31'))).toEqual(['31 3']);
    expect(b.stands).toBe('v1 secure 1');
  });
});
