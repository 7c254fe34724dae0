import { describe, expect, it } from 'vitest';
import { Stage, user } from './stage.js';

const upTo = (count: number): number[] => [...Array(count).keys()];

describe('a group of real clients', () => {
  it.each([1, 2, 3, 10, 25])('of %i, joined one by one, changed and left one by one', (count) => {
    const stage = new Stage();
    const step = (): void => {
      stage.settle();
      stage.expectConverged();
    };
    for (const n of upTo(count)) {
      stage.join(n);
      step();
    }
    stage.call.faults.resetGroup();
    step();
    for (const n of upTo(count)) {
      stage.leave(n);
      step();
    }
    expect(stage.call.snapshot).toEqual({ version: 1, versionInForce: 1, epoch: 0, leaves: [] });
    expect([stage.failures, stage.proposalFailures]).toEqual([[], []]);
    expect(stage.call.counters).toMatchObject({ 'bad-commit': 0, 'bad-key-package': 0, ignored: 0 });
  });

  it('two join and two leave at once', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2, 3]) stage.join(n);
    stage.settle();
    stage.join(4);
    stage.join(5);
    stage.leave(0);
    stage.leave(2);
    stage.settle();
    stage.expectConverged();
    expect(stage.call.snapshot.leaves.filter((leaf) => leaf !== null)).toHaveLength(4);
    expect(stage.failures).toEqual([]);
  });
  it('user ids sit where the clients believe they do', () => {
    const stage = new Stage();
    stage.join(7);
    stage.join(8);
    stage.settle();
    expect([...stage.call.snapshot.leaves].sort()).toEqual([user(7), user(8)]);
  });
});
