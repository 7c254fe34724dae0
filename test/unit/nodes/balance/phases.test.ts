/**
 * Which node is drawn does not depend on the time offsets between renewals and looks: all renew with the same period, so these offsets may
 * stay the same for hours.
 */
import { expect, it } from 'vitest';
import { drawPeer } from '../../../../src/nodes/balance/peers.js';
import { toRecord, type Entry, type Peers } from '../../../../src/nodes/registry/buckets.js';
import { seeded } from '../../../nodes/simulate/measures.mjs';

const PERIOD_MS = 750;
const PERIODS = 4;

interface Renewal {
  readonly at: number;
  readonly key: string;
}

/** The renewals until a time, of nodes that renew at these ms of each period. */
function written(phases: readonly number[], until: number): readonly Renewal[] {
  const all = phases.flatMap((phase, i) => Array.from({ length: PERIODS }, (_, period) => ({ at: phase + period * PERIOD_MS, key: `n${i}` })));
  return all.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
}

/** The bucket at that time, and the last two renewals of the first node. */
function seenAt(phases: readonly number[], now: number) {
  const renewals = written(phases, now);
  const value = toRecord({ sessions: 1, capacity: 10, draining: false });
  const entries: Entry[] = renewals.map(({ key }, i) => ({ key, value, revision: i + 1, created: new Date(0), operation: 'PUT' }));
  const last = entries.filter(({ key }, i) => !entries.slice(i + 1).some((later) => later.key === key));
  const peers: Peers = { next: (revision) => Promise.resolve(last.find((entry) => entry.revision >= revision) ?? null) };
  const [after, before] = entries.filter(({ key }) => key === 'n0').slice(-2).map(({ revision }) => revision); // prettier-ignore
  return { peers, between: { after: after!, before: before! } };
}

/** How often the first node draws each one, if it looks at this ms of its period, with evenly spread random numbers. */
async function drawn(phases: readonly number[], look: number): Promise<number[]> {
  const { peers, between } = seenAt(phases, phases[0]! + 2 * PERIOD_MS + look);
  const times = phases.map(() => 0);
  const draws = 2 * (phases.length - 1);
  for (let i = 0; i < draws; i += 1) {
    const peer = await drawPeer(peers, 'n0', between, () => (i + 0.5) / draws);
    times[Number(peer!.id.slice(1))]! += 1;
  }
  return times;
}

it.each([2, 3, 5])('each of the others is drawn as often, of %s that renew, and look, at any times', async (nodes) => {
  const random = seeded(nodes);
  const [steps, looks] = [15, 15];
  for (let i = 0; i < steps ** 2; i += 1) {
    // Two nodes take every distance from the one that looks, and the others random ones.
    const distances = [0, i % steps, Math.floor(i / steps), ...Array.from({ length: 2 }, () => Math.floor(random() * steps))].slice(0, nodes);
    const phases = distances.map((distance, node) => 1 + node + (distance * PERIOD_MS) / steps);
    for (let look = 0; look < looks; look += 1) {
      const [own, ...others] = await drawn(phases, 0.5 + (look * PERIOD_MS) / looks);
      if (own !== 0 || others.some((times) => times !== 2)) expect([own, ...others]).toEqual([0, ...others.map(() => 2)]);
    }
  }
});
