/**
 * Fleets with random events, in virtual time, with the project's own placement, leases, claims and moves: afterwards they become even, with
 * about as many moves as there were surplus sessions, and then nothing moves any more.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SessionMoved } from '../../../../src/engine/session-moved.js';
import { Arriving } from '../../../../src/nodes/balance/arriving.js';
import { drawPeer } from '../../../../src/nodes/balance/peers.js';
import { rebalanced$ } from '../../../../src/nodes/balance/rebalanced.js';
import { surplus } from '../../../../src/nodes/balance/surplus.js';
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
const REST_MS = 20_000;
const QUIET_MS = 60_000;
/** All new ones have begun by then. */
const GROWN_MS = 3_000;

const ACTS = ['grow', 'drain', 'kill', 'away', 'end', 'churn', 'watch'] as const;
type Act = (typeof ACTS)[number];

function perform(world: World, act: Act): unknown {
  switch (act) {
    case 'grow':
      return world.grow(1 + Math.floor(world.nodes.size / 2), GROWN_MS);
    case 'drain':
      return world.nodes.size > 1 ? world.drain(world.some(1)) : undefined;
    case 'kill':
      return world.nodes.size > 1 ? world.kill(world.some(1)) : undefined;
    case 'away':
      return world.natsAway(10_000);
    default:
      return world[act]();
  }
}

/** Sessions in excess of each node's share by capacity. */
function excess({ nodes }: World): number {
  const all = [...nodes.values()];
  const [sessions, capacity] = [all.reduce((sum, node) => sum + node.sessions, 0), all.reduce((sum, node) => sum + node.capacity, 0)];
  return all.reduce((sum, node) => sum + Math.max(0, node.sessions - (sessions * node.capacity) / capacity), 0);
}

const even = ({ nodes }: World): boolean => {
  const records = [...nodes.values()].map(({ sessions, capacity }) => ({ sessions, capacity, draining: false }));
  return records.every((one) => records.every((other) => surplus(one, other) === 0));
};

it('become even, and stay so: no session goes twice within its rest, and none is lost', async () => {
  const fleets = fc.record({
    nodes: fc.integer({ min: 2, max: 7 }),
    songs: fc.integer({ min: 1, max: 25 }),
    bots: fc.integer({ min: 1, max: 4 }),
    unlike: fc.constantFrom(0, 3),
    seed: fc.nat(1_000_000),
    acts: fc.array(fc.constantFrom(...ACTS), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(fleets, async ({ acts, ...settings }) => {
      const world = new World(PARTS, { ...settings, rebalance: REST_MS, watched: QUIET_MS });
      await world.begin();
      await world.event('begin', () => world.songs.forEach((song) => song.go()));
      await world.event('rests', () => world.watch());
      let [total, shortest, mostFrom, mostTo] = [0, Infinity, 0, 0];
      const note = (): void => {
        total += world.given.total;
        shortest = Math.min(shortest, world.given.shortest);
        mostFrom = Math.max(mostFrom, world.given.mostFrom);
        mostTo = Math.max(mostTo, world.given.mostTo);
      };
      for (const act of acts) {
        await world.event(act, () => perform(world, act));
        note();
      }
      const most = excess(world);
      total = 0;
      // Twice in a row: a session on its way is counted only once it has arrived.
      for (let [i, quiet] = [0, 0]; i < 30 && quiet < 2; i += 1) {
        await world.event('becomes even', () => world.watch());
        note();
        quiet = even(world) && world.given.total === 0 ? quiet + 1 : 0;
      }
      expect(even(world)).toBe(true);
      expect(total).toBeLessThanOrEqual(Math.ceil(most * 1.5));
      expect(shortest).toBeGreaterThanOrEqual(REST_MS);
      expect(mostFrom).toBeLessThanOrEqual(1);
      expect(mostTo).toBeLessThanOrEqual(4);
      expect([...world.nodes.values()].reduce((sum, { sessions }) => sum + sessions, 0)).toBe(world.songs.length);
      await world.event('stays so', () => world.watch());
      expect(world.given.total).toBe(0);
      expect(world.faults).toEqual([]);
    }),
    { numRuns: 25 },
  );
}, 120_000);
