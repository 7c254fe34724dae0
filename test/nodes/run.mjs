/**
 * `npm run test:nodes [-- --songs 12 --reuse accept --frames home]`: a real nats-server, three nodes and a bot, each in its own process, and
 * songs on the loopback voice server. NATS is stopped for ten seconds, the bot is killed and restarted, a node gets SIGTERM, one is killed, one is killed together
 * with the bot, and one is stopped for longer than its lease and then continued, like a machine that was suspended; and a node that starts late takes over its
 * share. One node starts while its nats-server is stopped.
 * Prints what the voice server received around each event. Exits with 1 if a bound is exceeded (by more than the time for which the processes that a song
 * waited for had no core), or if the server's account shows that two owners of a session ever sent at once.
 *
 * - `--songs`: the number of songs. Default 60, which takes about three minutes, most of it waiting for leases to expire
 * - `--reuse`: how the voice server answers used credentials: 4006, 4004 or accept. Default 4006
 * - `--frames`: `node`: the songs are opened on the nodes; `home`: the bot reads them. Default `node`
 * - `--events`: that many events in a random order, from `--seed` (1), instead of each once. Default 0
 * - `--costs`: measures for this many seconds what a song costs, without any event. Default 0
 * - `--dave`: calls are encrypted, each with a listening member in this process; what it decrypts is what counts
 * - `--latency`: ms of a round trip to the voice server and the bot's gateway. Default 0
 * - `--slow-source`: the songs come from an HTTP server that answers after this many ms. Default 0: they are files
 * - `--no-prepare`: sessions of a draining node move at once, not when the next node is ready for them
 * - `--only`: the names of the only events: `SIGTERM`, or `SIGTERM,SIGKILL`; with `--events`, in a random order
 * - `--log`: writes the logs of the bot's sessions and the states of the nodes to stderr, with the time
 * - `--checkpoint`: ms between two checkpoints. Default 5000
 * - `--lease`: ms. Default 20000; NATS is stopped only if it is longer than 15000
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { switchMap } from 'rxjs';
import { load } from '../bench/library.mjs';
import { droppedHere } from '../bench/workers/hold/ports.mjs';
import { costs, used } from './costs.mjs';
import { RemoteNode } from './fleet.mjs';
import { Distance } from './distance.mjs';
import { Ledger } from './ledger.mjs';
import { judgeOwners } from './owners.mjs';
import { PASSWORD } from './permissions.mjs';
import { NatsServer } from './nats-server.mjs';
import { RemoteBot } from './remote-bot.mjs';
import { SlowSongs } from './slow-songs.mjs';
import { begunBesideStalledServer } from './stalled-server.mjs';
import { Stillness } from './stillness.mjs';
import { seeded } from './simulate/measures.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { songs: text('60'), reuse: text('4006'), lease: text('20000'), frames: text('node'), events: text('0'), seed: text('1'), checkpoint: text('5000'), costs: text('0'), latency: text('0'), 'slow-source': text('0'), only: text(''), 'no-prepare': { type: 'boolean', default: false }, dave: { type: 'boolean', default: false }, log: { type: 'boolean', default: false } } });
const SONGS = Number(values.songs);
const LEASE_MS = Number(values.lease);
/** Silence is noticed well within a lease. */
const SILENT_MS = Math.min(6_000, LEASE_MS / 2);
const reuse = values.reuse === 'accept' ? 'accept' : Number(values.reuse);
const SETTLE_MS = 2_000;
const EVENTS = Number(values.events);
const COSTS_MS = Number(values.costs) * 1_000;
const CHECKPOINT_MS = Number(values.checkpoint);
const FRAMES = EVENTS > 0 ? 60_000 : 12_000;
/** Frames of a song that may come twice when its node dies: those of the 100 ms between two reports of a node, and one that is due at the report. */
const REPEATED_FRAMES = 6;
/** Frames of a song that may come twice when the bot dies with its node: those since the checkpoint, which took a moment to reach the server. */
const SINCE_CHECKPOINT_FRAMES = Math.ceil(CHECKPOINT_MS / 20) + 5;
const AWAY_MS = 10_000;
const LATENCY_MS = Number(values.latency);
const SOURCE_MS = Number(values['slow-source']);
/** Stopping, connecting and joining takes some ten round trips, and as many again if the credentials are refused. */
const MOVE_MS = 400 + 20 * LATENCY_MS + SOURCE_MS;
const ONLY = values.only === '' ? undefined : values.only.split(',');
const BOTH = 'node and bot SIGKILL';
const LATE = 'a node begins late';
/** The processes that a moving song waits for. Time for which they had no core is not counted against them. */
const MOVES = { through: ['nodes', 'bot', 'nats'] };
/** A song that does not move waits only for its own node; if the bot reads it, also for the bot and for NATS. */
const STAYS = { gap: 200, by: values.frames === 'node' ? { oneOf: 'nodes' } : MOVES };
/** A song of a dead node. Until the lease has expired, no process has to do anything. */
const BACK = { gap: LEASE_MS + 3_000, idle: LEASE_MS };
/** ms for which a song stays on a node before rebalancing may move it. */
const REST_MS = 2_000;

const { connectVoice$ } = await load('index.js');
const { OggOpusWriter } = await load('audio/index.js');
const { rivalries, SessionAccounts, startVoiceServer } = await load('server/index.js');
const { testFrames } = await load('testing/index.js');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** Waits until `holds` is true. Time in which the machine stands still is not counted. */
const until = async (holds, ms, what) => {
  for (const begun = performance.now(); !holds(); await wait(20)) if (performance.now() - begun - stillness.since(begun) > ms) throw new Error(`waited ${ms} ms in vain: ${typeof what === 'function' ? what() : what}`);
};

const folder = await mkdtemp(join(tmpdir(), 'rxvoice-songs-'));
// As long as frames of 64 kbit/s, because shorter ones would cost less.
const frames = testFrames(FRAMES).map((frame) => Uint8Array.from({ length: 160 }, (_, i) => frame[i] ?? 0));
const writer = new OggOpusWriter();
await writeFile(join(folder, 'song.opus'), [writer.header(), ...frames.flatMap((frame) => writer.write(frame)), ...writer.end()]);
const nats = await NatsServer.start();
const songs = SOURCE_MS > 0 ? await SlowSongs.serve(join(folder, 'song.opus'), SOURCE_MS) : undefined;
const server = await startVoiceServer({ daveVersion: values.dave ? 1 : 0, tokenReuse: reuse });
const distance = await Distance.to(server, LATENCY_MS);
const ledger = new Ledger();
const stillness = new Stillness(() => ({ nodes: nodes.map(({ pid }) => pid), bot: bot === undefined ? [] : [bot.pid], nats: [nats.pid] }));
let plain = 0;
server.packets$.subscribe(({ userId, payload }) => {
  if (!values.dave) ledger.hear(userId, payload);
  else if (!isSealed(payload)) plain += 1;
});
const accounts = new SessionAccounts(server);
/** When nodes that were stopped were woken. */
const woken = [];
const nodes = [];
const rows = [];
const faults = [];
let bot;
/** What the nodes use before there is a song. */
let idle;
let listeners = [];

try {
  for (let i = 0; i < 3; i += 1) nodes.push(await begunNode(`n${i}`));
  idle = await used({ nodes, nats });
  if (COSTS_MS === 0) await commandLine();
  if (COSTS_MS === 0 && ONLY === undefined) faults.push(...[await begunBesideStalledServer()].filter(Boolean));
  await songsBegin();
  await event('undisturbed', () => costsOf(COSTS_MS || SETTLE_MS), STAYS);
  if (COSTS_MS > 0) console.log('nothing else was asked for');
  else if (EVENTS > 0) await schedule();
  else {
    if (LEASE_MS > AWAY_MS * 1.5) await event('NATS away for 10 s', () => natsAway(AWAY_MS), values.frames === 'node' ? STAYS : { gap: AWAY_MS + 2_000, idle: AWAY_MS });
    if (values.frames === 'node') await event('bot killed and restarted', botRestarted, STAYS);
    await event('SIGTERM', () => terminated(nodes[0]), { gap: MOVE_MS });
    // After a move, because a moved song must go on without its bot just like one that has not moved.
    if (values.frames === 'node') await event('bot restarted when that is known', () => botRestarted(SILENT_MS * 1.5), STAYS);
    await event('SIGKILL', () => killed(nodes[1]), { ...BACK, twice: REPEATED_FRAMES });
    if (!nodes[0].alive) nodes[0] = await begunNode('n0');
    if (values.frames === 'node') {
      const { name, disturb, bounds } = kinds().find((kind) => kind.name === BOTH);
      await event(name, () => disturb(nodes[2]), bounds);
      if (!nodes[2].alive) nodes[2] = await begunNode('n2');
    }
    await event('SIGSTOP', () => frozen(busiest()), { ...BACK, twice: REPEATED_FRAMES });
    if (ONLY?.includes(LATE) !== false) await lateNodeEvents();
  }
  if (COSTS_MS === 0) faults.push(...judgeOwners(accounts.sessions, rivalries, SONGS, woken));
  if (plain > 0) faults.push(`${plain} packets of an encrypted call were in the clear`);
} catch (error) {
  faults.push(error.stack);
} finally {
  for (const listener of listeners) listener.unsubscribe();
  await bot?.leave();
  for (const node of nodes) await node.end();
  distance.close();
  stillness.close();
  songs?.close();
  await server.close();
  await nats.end();
  await rm(folder, { recursive: true, force: true });
}
console.table(rows);
console.log(`it took ${Math.round(performance.now() / 1_000)} s`);
if (faults.length > 0) console.error(faults.join('\n'));
process.exit(faults.length > 0 ? 1 : 0);

/** Whether a frame is end-to-end encrypted, by its last bytes. Silence is never encrypted, and counts as if it were. */
function isSealed(payload) {
  return payload.length <= 3 || (payload.at(-1) === 0xfa && payload.at(-2) === 0xfa);
}

/** Joins the call of a song as a listening member, in this process. */
function listen(i) {
  const userId = String(1_000 + i);
  const listener = String(100_000 + i);
  return connectVoice$(server.gateway(listener), { guildId: String(10 + i), userId: listener, channelId: String(5_000 + i) })
    .pipe(switchMap((session) => session.receive(userId)))
    .subscribe({ next: ({ frame }) => ledger.hear(userId, frame), error: (error) => faults.push(`listener ${i}: ${error.stack}`) });
}

async function songsBegin() {
  const keyOf = (payload) => (payload[1] << 8) | payload[2];
  for (let i = 0; i < SONGS; i += 1) ledger.expect(String(1_000 + i), frames.map(keyOf), keyOf);
  bot = begunBot();
  if (values.dave) listeners = Array.from({ length: SONGS }, (_, i) => listen(i));
  await until(() => ledger.heardSince(0) === SONGS, 20_000, 'all songs have begun');
}

/** The kinds of events in a schedule, with their bounds. To add a kind, add an entry. */
function kinds() {
  const back = { ...BACK, twice: REPEATED_FRAMES };
  const all = [
    { name: 'NATS away', disturb: (_, random) => natsAway(random() * LEASE_MS * 0.5), bounds: values.frames === 'node' ? STAYS : { gap: LEASE_MS, idle: LEASE_MS * 0.5 } },
    { name: 'SIGTERM', disturb: terminated, bounds: { gap: MOVE_MS } },
    { name: 'SIGKILL', disturb: killed, bounds: back },
    { name: 'SIGSTOP', disturb: frozen, bounds: back },
    { name: LATE, events: lateNodeEvents },
    ...(values.frames === 'node' ? [{ name: 'bot restarted', disturb: (_, random) => botRestarted(random() * SILENT_MS * 2), bounds: STAYS }, { name: BOTH, disturb: bothKilled, bounds: { ...back, twice: SINCE_CHECKPOINT_FRAMES } }] : []),
  ];
  return EVENTS > 0 && ONLY !== undefined ? all.filter(({ name }) => ONLY.includes(name)) : all;
}

/** Runs random events of all kinds, from a seed; each node that has gone gets a successor. */
async function schedule() {
  const random = seeded(Number(values.seed));
  for (let i = 0; i < EVENTS; i += 1) {
    const at = Math.floor(random() * nodes.length);
    const { name, disturb, bounds, events } = kinds()[Math.floor(random() * kinds().length)];
    if (events !== undefined) await events(`${i}: `);
    else await event(`${i}: ${name} ${nodes[at].state.sessions}`, () => disturb(nodes[at], random), bounds);
    if (!nodes[at].alive) nodes[at] = await begunNode(`n${at}`);
  }
}

/** Nodes that rebalance exist only for these events, so that songs do not move during others. While all nodes are replaced, a song may have to move for each one that ends. */
async function lateNodeEvents(number = '') {
  const bounds = { gap: 3 * MOVE_MS };
  await judged(`${number}all replaced`, () => replaced(['r0', 'r1'], REST_MS), bounds);
  await judged(`${number}${LATE}`, lateNode, { gap: MOVE_MS });
  if (number !== '') await judged(`${number}all replaced again`, () => replaced(['n0', 'n1', 'n2']), bounds);
}

function begunNode(name, rebalance = 0) {
  return RemoteNode.start(nats.url, { name, lease: LEASE_MS, silentAfter: SILENT_MS, checkpoint: CHECKPOINT_MS, rebalance, files: folder, prepare: !values['no-prepare'] }, values.log);
}

function begunBot() {
  const options = { silentAfter: SILENT_MS, sources: values.frames === 'node' ? 'files' : 'none', keep: 60_000 };
  return new RemoteBot(server, distance, { url: nats.url, file: songs?.url ?? join(folder, 'song.opus'), songs: SONGS, options, log: values.log }, (fault) => faults.push(fault));
}

/** Restarts the bot, as a deploy without a grace period does. The next process gets what the former one has left. */
async function botRestarted(after = 0) {
  await bot.kill();
  await wait(after);
  bot = begunBot();
  await until(() => bot.started.size === SONGS, 20_000, 'the bot has found its songs');
}

async function natsAway(ms) {
  await nats.stop();
  await wait(ms);
  await nats.begin();
}

async function terminated(node) {
  node.signal('SIGTERM');
  await until(() => !node.alive, 30_000, 'the node has ended');
}

/** Stops a node until others have its sessions, and then continues it. Nothing that it was about to send may be received. */
async function frozen(node) {
  const { id, sessions } = node.state;
  node.signal('SIGSTOP');
  await wait(LEASE_MS);
  await heardAgain(sessions);
  woken.push(performance.now());
  node.signal('SIGCONT');
  await until(() => node.state.status === 'serving' && node.state.id !== id, LEASE_MS + 10_000, 'the node is back as another');
}

/** Adds an empty node, like the last one of a deploy that replaces all. It must take over its share. */
async function lateNode() {
  nodes.push(await begunNode('late', REST_MS));
  const late = nodes.at(-1);
  const loads = () => nodes.map(({ state }) => state.sessions);
  const [before, mean] = [loads(), SONGS / nodes.length];
  // The loads come within the margin of docs/scaling.md, and then nothing moves any more.
  const even = () => Math.max(...loads()) <= Math.max(late.state.sessions + 3, late.state.sessions * 1.25);
  await until(even, 2 * LEASE_MS + 2_000 * SONGS, () => `the late node has its share: ${before.join(' + ')} sessions are ${loads().join(' + ')}`);
  await wait(REST_MS);
  const moved = nodes.reduce((sum, { state }) => sum + state.moved, 0);
  const excess = Math.ceil(before.reduce((sum, load) => sum + Math.max(0, load - mean), 0));
  console.log(`${before.join(' + ')} sessions became ${loads().join(' + ')} by ${moved} moves`);
  if (late.state.moved > 0) faults.push(`the late node has sent ${late.state.moved} sessions back`);
  if (moved > excess) faults.push(`${moved} moves, where ${excess} sessions were too many`);
}

/** Replaces all nodes by new ones, which get all songs. */
async function replaced(names, rebalance = 0) {
  const old = nodes.splice(0);
  for (const name of names) nodes.push(await begunNode(name, rebalance));
  for (const node of old) await terminated(node);
}

async function killed(node) {
  const { sessions } = node.state;
  await node.end();
  await heardAgain(sessions);
}

/** Kills a node and the bot at once. The next process only knows what it plays; the positions are in the checkpoints. */
async function bothKilled(node) {
  const { sessions } = node.state;
  await Promise.all([node.end(), bot.kill()]);
  bot = begunBot();
  await heardAgain(sessions);
  await until(() => bot.started.size === SONGS, 20_000, 'the bot has found its songs');
}

async function heardAgain(sessions) {
  const since = performance.now() + 50;
  await until(() => ledger.heardSince(since) === SONGS, LEASE_MS + 3_000, `the ${sessions} songs of the node that is gone are heard again`);
}

/** Prints what a song costs per second, on the nodes and over NATS. */
async function costsOf(ms) {
  const before = await used({ nodes, bot, nats });
  await wait(ms);
  const after = await used({ nodes, bot, nats });
  const { song, all, checkpoints, nats: server } = costs({ idle, before, after, songs: SONGS, ms });
  console.log(`${SONGS} songs on ${nodes.map(({ state }) => state.sessions).join(' + ')} sessions, a lease of ${LEASE_MS} ms; a second, of a song and of all, and the nats-server:`);
  console.table({ song, all });
  console.table([server]);
  console.table({ checkpoints });
}

/** Checks that `rxvoice node` runs a node, and ends with 0 on SIGTERM. */
async function commandLine() {
  const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const child = spawn(process.execPath, [program, 'node', '--nats', nats.url, '--json'], { env: { ...process.env, NATS_USER: 'node', NATS_PASSWORD: PASSWORD }, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const seen = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const { status } = JSON.parse(line);
    if (status === 'serving' && !seen.includes('serving')) child.kill('SIGTERM');
    seen.push(status);
  }
  const [code] = await exit;
  if (code !== 0 || !['serving', 'draining', 'ended'].every((status) => seen.includes(status))) faults.push(`rxvoice node: ${seen.join(', ')}, and ${code}`);
}

async function event(name, disturb, bounds) {
  if (EVENTS > 0 || ONLY?.includes(name) !== false) await judged(name, disturb, bounds);
}

/**
 * Judges the frames from shortly before an event to shortly after it.
 *
 * @param idle ms of a gap in which no process has to do anything; @param by the processes that the song waits for after that
 */
async function judged(name, disturb, { gap, idle = 0, by = MOVES, lost = 0, twice = 0 }) {
  const from = performance.now() - 200;
  const before = droppedHere();
  if (EVENTS > 0) console.error(values.log ? `${Date.now()} ${name}` : `${name} …`);
  await disturb();
  await wait(SETTLE_MS);
  const noCore = ({ begin, end }) => stillness.between(Math.min(begin + idle, end), end, by);
  const excess = (begin, end) => end - begin - gap - (end - begin > gap ? noCore({ begin, end }) : 0);
  const sum = ledger.judge(from, excess);
  const still = Math.round(stillness.worstSecond(from));
  // Frames that arrived while the voice server stood still and its socket was full.
  const kernel = Math.max(0, droppedHere() - before);
  const { longest, worst } = sum;
  rows.push({ event: name, songs: sum.songs, frames: sum.frames, lost: sum.lost, 'by the kernel': kernel, twice: sum.twice, 'of one song': sum.mostTwice, 'gap ms': Math.round(longest.end - longest.begin), 'median gap': Math.round(sum.gaps[sum.gaps.length >> 1]), 'no core': Math.round(noCore(longest)), 'stood still': still });
  if (sum.silent + sum.strange > 0) faults.push(`${name}: ${sum.silent} songs were not heard, ${sum.strange} frames were strange`);
  if (worst.excess > 0) faults.push(`${name}: a gap of ${Math.round(worst.end - worst.begin)} ms, and not ${gap}; those it waited for had no core for ${Math.round(noCore(worst))}`);
  if (sum.lost > lost) faults.push(`${name}: ${sum.lost} frames were lost, and the kernel dropped ${kernel} datagrams`);
  if (sum.mostTwice > (twice && twice + still / 20)) faults.push(`${name}: ${sum.mostTwice} frames of a song came twice, and not ${twice}; the machine stood still for ${still} ms`);
}

/** The living node with the most sessions. */
function busiest() {
  return nodes.filter(({ alive }) => alive).reduce((most, node) => (node.state.sessions > most.state.sessions ? node : most));
}
