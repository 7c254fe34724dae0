/**
 * Three nodes: two have all sessions and the third has just begun, with any time offsets between their renewals. It gets its share, with no
 * more moves than there were surplus sessions.
 */
import { expect, it } from 'vitest';
import { SessionMoved } from '../../../../src/engine/session-moved.js';
import { Arriving } from '../../../../src/nodes/balance/arriving.js';
import { drawPeer } from '../../../../src/nodes/balance/peers.js';
import { rebalanced$ } from '../../../../src/nodes/balance/rebalanced.js';
import { NodeTable } from '../../../../src/nodes/node-table.js';
import { owned } from '../../../../src/nodes/owned.js';
import { place } from '../../../../src/nodes/placement.js';
import { Claims } from '../../../../src/nodes/registry/claims.js';
import { Lease } from '../../../../src/nodes/registry/lease.js';
import { Residents } from '../../../../src/nodes/residents.js';
import { Turns } from '../../../../src/nodes/turns.js';
import { World } from '../../../nodes/simulate/world.mjs';

const PARTS = { Arriving, Claims, Lease, NodeTable, Residents, SessionMoved, Turns, drawPeer, owned, place, rebalanced$ };
/** ms for which a session stays on a node after it arrives. */
const REST_MS = 2_000;
const STEPS = 5;

const loads = ({ nodes }: World): number[] => [...nodes.values()].map(({ sessions }) => sessions);
const most = (world: World): number => Math.max(...loads(world));

/** Each node begins at one of so many times between two renewals. Returns the sessions of each, and the outcome. */
async function lateNode(settings: Readonly<Record<string, number>>, second: number, late: number) {
  const world = new World(PARTS, { nodes: 2, bots: 1, rebalance: REST_MS, ...settings });
  await world.begin((node) => (node * second) / STEPS);
  await world.event('begin', () => world.songs.forEach((song) => song.go()));
  await world.grow(0, REST_MS);
  const before = [...loads(world), 0];
  const moved = world.given.total;
  await world.grow(1, 0, () => late / STEPS);
  return { world, before, moved };
}

const PHASES = Array.from({ length: STEPS ** 2 }, (_, i) => [Math.floor(i / STEPS), i % STEPS] as const);

it.each([6_000, 3_000])('soon, of a lease of %s ms, whenever it begins', async (lease) => {
  for (const [second, late] of PHASES) {
    for (let seed = 1; seed <= 2; seed += 1) {
      const { world } = await lateNode({ songs: 6, lease, silentAfter: lease / 2, seed }, second, late);
      const even = await world.clock.until(() => most(world) <= (loads(world)[2] ?? 0) + 3, 3 * lease);
      expect([even, second, late, ...loads(world)]).toEqual([true, second, late, ...loads(world)]);
    }
  }
});

it('by no more moves than sessions were too many', async () => {
  for (const [i, [second, late]] of PHASES.entries()) {
    const { world, before, moved } = await lateNode({ songs: 30, seed: i }, second, late);
    await world.grow(0, 120_000);
    const mean = world.songs.length / 3;
    const excess = before.reduce((sum, load) => sum + Math.max(0, load - mean), 0);
    expect(world.given.total - moved).toBeLessThanOrEqual(Math.ceil(excess));
    expect(most(world)).toBeLessThanOrEqual(Math.max(loads(world)[2]! + 3, loads(world)[2]! * 1.25));
    expect(world.faults).toEqual([]);
  }
});
