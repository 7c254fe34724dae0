/** What a node knows of the others, and whether this allows a session to go to one of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Peer } from '../../../../src/nodes/balance/peers.js';
import { Sample } from '../../../../src/nodes/balance/sample.js';
import type { NodeRecord } from '../../../../src/nodes/registry/buckets.js';

const node = (sessions: number, capacity = 100): NodeRecord => ({ sessions, capacity, draining: false });
const peer = (id: string, sessions: number, { revision = 1, others = 2, capacity = 100 } = {}): Peer => ({ id, revision, others, ...node(sessions, capacity) });

/** A sample of these nodes, in the order in which they were drawn. */
function sampled(...peers: readonly Peer[]): Sample {
  const sample = new Sample();
  for (const one of peers) sample.note(one);
  return sample;
}

describe('a session', () => {
  it.each<[string, NodeRecord, Peer, readonly Peer[], boolean]>([
    ['goes from above the mean to below it', node(27), peer('late', 0), [peer('full', 33)], true],
    ['does not go to one that has too much itself', node(33), peer('full', 27), [peer('late', 0)], false],
    ['does not go from one that has too little itself', node(18), peer('late', 10), [peer('full', 40)], false],
    ['does not go from one that has just the mean', node(20), peer('late', 0), [peer('full', 40)], false],
    ['does not go to one that has just the mean', node(40), peer('other', 20), [peer('late', 0)], false],
    ['does not go before all of a few are known', node(33), peer('late', 0), [], false],
    ['goes where there is one other only', node(33), peer('other', 0, { others: 1 }), [], true],
    ['goes where enough of many are known', node(33), peer('late', 0, { others: 900 }), [peer('a', 30), peer('b', 30)], true],
    ['does not go before enough of many are known', node(33), peer('late', 0, { others: 900 }), [peer('a', 30)], false],
    ['goes by shares of capacities, and not by numbers', node(30), peer('large', 40, { capacity: 400 }), [peer('small', 10, { capacity: 20 })], true],
    ['does not go to one with fewer, and less room', node(90, 400), peer('small', 20, { capacity: 40 }), [peer('other', 10)], false],
  ])('%s', (_, mine, drawn, others, goes) => {
    expect(sampled(...others, drawn).between(mine, drawn)).toBe(goes);
  });

  it('that has gone counts, until it is told how many there are', () => {
    const sample = sampled(peer('full', 33));
    let late = sample.note(peer('late', 0));
    for (let i = 1; i <= 3; i += 1) expect((late = sample.gave(late)).sessions).toBe(i);
    expect(sample.note(peer('late', 0)).sessions).toBe(3);
    expect(sample.note(peer('late', 2, { revision: 2 })).sessions).toBe(2);
  });
});

describe('a node', () => {
  it('is as it was drawn last', () => {
    const late = peer('late', 10);
    const sample = sampled(peer('other', 60), late);
    expect(sample.between(node(30), late)).toBe(false);
    sample.note(peer('other', 20, { revision: 2 }));
    expect(sample.between(node(30), late)).toBe(true);
  });

  it('that has not been drawn for a while is known no more', () => {
    const sample = sampled(peer('gone', 90), peer('low', 10));
    for (let i = 0; i < 6; i += 1) sample.note(peer('high', 40));
    // The mean is 43 including the node that is gone, and 27 without it.
    expect(sample.between(node(30), peer('low', 10))).toBe(false);
    sample.note(peer('low', 10));
    expect(sample.between(node(30), peer('low', 10))).toBe(true);
  });
});

it('sessions never go on: one that gets any by what all know has none to give', () => {
  const use = fc.record({ sessions: fc.nat(100), capacity: fc.integer({ min: 1, max: 100 }) });
  fc.assert(
    fc.property(use, use, use, (a, b, c) => {
      const all = [a, b, c].map((one, i) => peer(`n${i}`, one.sessions, { capacity: one.capacity }));
      const gives = (from: Peer, to: Peer): boolean => sampled(...all.filter((one) => one !== from)).between(from, to);
      for (const one of all) {
        const [gets, lets] = [all.some((from) => from !== one && gives(from, one)), all.some((to) => to !== one && gives(one, to))];
        expect(gets && lets).toBe(false);
      }
    }),
  );
});
