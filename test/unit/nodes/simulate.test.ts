/**
 * A small fleet in virtual time: the same scenario as `npm run simulate:fleet`, and its bounds. It is as small as possible: with six bots
 * instead of twelve, sessions that all go to the least used node would not violate them.
 */
import { expect, it } from 'vitest';
import { SessionMoved } from '../../../src/engine/session-moved.js';
import { Arriving } from '../../../src/nodes/balance/arriving.js';
import { drawPeer } from '../../../src/nodes/balance/peers.js';
import { rebalanced$ } from '../../../src/nodes/balance/rebalanced.js';
import { NodeTable } from '../../../src/nodes/node-table.js';
import { owned } from '../../../src/nodes/owned.js';
import { place } from '../../../src/nodes/placement.js';
import { Claims } from '../../../src/nodes/registry/claims.js';
import { Lease } from '../../../src/nodes/registry/lease.js';
import { Residents } from '../../../src/nodes/residents.js';
import { Turns } from '../../../src/nodes/turns.js';
import { World } from '../../nodes/simulate/world.mjs';

const LEASE_MS = 20_000;

it('a fleet keeps all songs through drains, deaths, a NATS that is away and a replacement of all, and none of it falls on one node', async () => {
  const world = new World({ Claims, Lease, NodeTable, Residents, SessionMoved, Turns, drawPeer, Arriving, owned, place, rebalanced$ }, { nodes: 24, songs: 6, bots: 12, lease: LEASE_MS });
  await world.begin();
  const begun = await world.event('begin', () => world.songs.forEach((song) => song.go()));
  expect(begun['max/mean']).toBeLessThan(2);
  const term = await world.event('SIGTERM', () => world.drain(world.some(1)));
  expect(term['moves each']).toBe(1);
  expect(term['gap max']).toBeLessThan(400);
  const kill = await world.event('SIGKILL', () => world.kill(world.some(1)));
  expect(kill['gap max']).toBeLessThan(LEASE_MS + 3_000);
  // No node takes over while the dead node's lease is valid, and that was renewed at most an eighth of its duration ago.
  expect(kill['gap p50']).toBeGreaterThan((LEASE_MS * 7) / 8);
  const zone = await world.event('a third dies', () => world.kill(world.some(7)));
  expect(zone['gap max']).toBeLessThan(LEASE_MS + 3_000);
  expect(zone['max/mean']).toBeLessThan(2);
  const away = await world.event('NATS away', () => world.natsAway(10_000));
  expect([away['songs moved'], away['gap max']]).toEqual([0, 0]);
  const roll = await world.event('all are replaced', () => world.roll());
  expect(roll['gap max']).toBeLessThan(1_000);
  expect(roll['moves each']).toBeLessThan(2);
  expect([...world.nodes.values()].reduce((sum, { sessions }) => sum + sessions, 0)).toBe(world.songs.length);
  expect(world.faults).toEqual([]);
});
