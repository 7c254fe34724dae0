/**
 * `npm run simulate:fleet [-- --nodes 1000 --songs 100 --bots 40]`: placement and hand-over of a large fleet, in virtual time. Leases, claims, the
 * table of nodes, turns and drains are the project's own code; NATS, links and handshakes are models (nats.mjs, bot.mjs, node.mjs). The same
 * seed prints the same result. Exits with 1 if a song has ended or stays silent, or a node has lost its lease.
 *
 * Options are the fields of `DEFAULTS` in world.mjs. `--songs` is the number per node; the songs are spread over the bots. `--drawn` is the number of
 * nodes that are drawn to place a session, 0 for all.
 */
import { parseArgs } from 'node:util';
import { load } from '../../bench/library.mjs';
import { DEFAULTS, World } from './world.mjs';

const { values } = parseArgs({ options: Object.fromEntries([...Object.keys(DEFAULTS), 'events'].map((name) => [name, { type: 'string' }])) });
const { events = 'begin,term,kill,zone,away,roll', ...given } = values;
const settings = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, Number(value)]));
const wrong = Object.entries(settings).find(([, value]) => !(value >= 0));
if (wrong !== undefined) throw new Error(`--${wrong[0]} is no number`);

const [{ NodeTable }, { place }, { Lease }, { Claims }, { Residents }, { Turns }, { owned }, { SessionMoved }, { rebalanced$ }, { drawPeer }, { Arriving }] = await Promise.all(
  ['nodes/node-table.js', 'nodes/placement.js', 'nodes/registry/lease.js', 'nodes/registry/claims.js', 'nodes/residents.js', 'nodes/turns.js', 'nodes/owned.js', 'engine/session-moved.js', 'nodes/balance/rebalanced.js', 'nodes/balance/peers.js', 'nodes/balance/arriving.js'].map(load),
);
const world = new World({ NodeTable, place, Lease, Claims, Residents, Turns, owned, SessionMoved, rebalanced$, drawPeer, Arriving }, settings);
const begun = performance.now();
const rows = [];
const STEPS = {
  begin: ['all begin at once', () => world.songs.forEach((song) => song.go())],
  term: ['SIGTERM of a node', () => world.drain(world.some(1))],
  kill: ['SIGKILL of a node', () => world.kill(world.some(1))],
  zone: ['a third of them dies', () => world.kill(world.some(Math.floor(world.nodes.size / 3)))],
  away: ['NATS away', () => world.natsAway(world.settings.away)],
  roll: ['all are replaced', () => world.roll()],
  restart: ['each is restarted', () => world.restart()],
  grow: ['new nodes', () => world.grow(Math.round(world.nodes.size * world.settings.added))],
  watch: ['nothing', () => world.watch()],
  churn: ['songs end, others begin', () => world.churn()],
};
await world.begin();
for (const name of events.split(',')) {
  const [what, happen] = STEPS[name];
  rows.push(await world.event(what, happen));
}
const links = world.bots.reduce((sum, bot) => sum + bot.links, 0);
console.log(`${world.settings.nodes} nodes, ${world.songs.length} songs of ${world.bots.length} bot processes, ${links} links; ${Math.round(world.clock.now() / 1_000)} s of virtual time in ${Math.round(performance.now() - begun)} ms`);
console.table(rows);
if (world.faults.length > 0) console.error([...new Set(world.faults)].slice(0, 20).join('\n'));
process.exit(world.faults.length > 0 ? 1 : 0);
