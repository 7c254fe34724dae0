import { describe, expect, it } from 'vitest';
import { Stage, user } from './stage.js';

const upTo = (count: number): number[] => [...Array(count).keys()];

describe('a group of real clients', () => {
  it.each([1, 2, 3, 10, 25])('of %i, joined, given up, founded anew and left, step by step', (count) => {
    const stage = new Stage();
    const step = (): void => {
      stage.settle();
      stage.expectConverged();
    };
    // In the largest group five join at a time, because a step tests every pair.
    const atOnce = count > 10 ? 5 : 1;
    for (const n of upTo(count)) {
      stage.join(n);
      if ((n + 1) % atOnce === 0) step();
    }
    stage.call.faults.resetGroup();
    step();
    for (const n of upTo(count)) {
      stage.leave(n);
      if ((n + 1) % atOnce === 0) step();
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

  it('blank leaves are filled from the left, and cut off at the end', () => {
    const stage = new Stage();
    for (const n of [0, 1, 2, 3]) stage.join(n);
    stage.settle();
    const leaves = (): readonly (string | null)[] => stage.call.snapshot.leaves;
    const number = (leaf: string | null): number => [0, 1, 2, 3, 4].findIndex((n) => user(n) === leaf);
    const [second, last] = [leaves()[1]!, leaves()[3]!];
    stage.leave(number(second));
    stage.settle();
    expect(leaves()).toHaveLength(4);
    expect(leaves()[1]).toBeNull();
    stage.leave(number(last));
    stage.settle();
    expect(leaves()).toHaveLength(3);
    stage.join(4);
    stage.settle();
    expect(leaves().indexOf(user(4))).toBe(1);
    stage.expectConverged();
  });

  it('user ids sit where the clients believe they do', () => {
    const stage = new Stage();
    stage.join(7);
    stage.join(8);
    stage.settle();
    expect([...stage.call.snapshot.leaves].sort()).toEqual([user(7), user(8)]);
  });
});
