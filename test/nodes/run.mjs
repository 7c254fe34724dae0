/**
 * `npm run test:nodes [-- --songs 60 --reuse accept --frames home]`: a real nats-server, three nodes in processes of their own, a bot, and
 * songs on the loopback voice server. NATS is stopped for ten seconds, then a node is told to end, one is killed, and one stands still for longer
 * than its lease. Prints what the voice server heard around each, and who was let in by it to send; exits with 1 where a bound is not held, or two
 * sent for one guild.
 *
 * - `--songs`: how many. Default 12
 * - `--reuse`: what the voice server says to credentials that were used: 4006, 4004 or accept. Default 4006
 * - `--frames`: `node`, where the songs are opened on the nodes, or `home`, where the bot reads them. Default `node`
 * - `--events`: that many of all of it in a random order, from `--seed` (1), and not each once. Default 0
 * - `--lease`: ms. Default 20000; NATS is stopped only where it is longer than 15000
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from '../bench/library.mjs';
import { RemoteNode } from './fleet.mjs';
import { Ledger } from './ledger.mjs';
import { Owners } from './owners.mjs';
import { PASSWORD } from './permissions.mjs';
import { NatsServer } from './nats-server.mjs';
import { RemoteBot } from './remote-bot.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { songs: text('12'), reuse: text('4006'), lease: text('20000'), frames: text('node'), events: text('0'), seed: text('1') } });
const SONGS = Number(values.songs);
const LEASE_MS = Number(values.lease);
const reuse = values.reuse === 'accept' ? 'accept' : Number(values.reuse);
const SETTLE_MS = 2_000;
const EVENTS = Number(values.events);
const FRAMES = EVENTS > 0 ? 60_000 : 6_000;
const AWAY_MS = 10_000;

const { OggOpusWriter } = await load('audio/index.js');
const { startVoiceServer } = await load('server/index.js');
const { testFrames } = await load('testing/index.js');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (holds, ms, what) => {
  for (const end = performance.now() + ms; !holds(); await wait(20)) if (performance.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
};

const folder = await mkdtemp(join(tmpdir(), 'rxvoice-songs-'));
const frames = testFrames(FRAMES);
const writer = new OggOpusWriter();
await writeFile(join(folder, 'song.opus'), [writer.header(), ...frames.flatMap((frame) => writer.write(frame)), ...writer.end()]);
const nats = await NatsServer.start();
const server = await startVoiceServer({ daveVersion: 0, tokenReuse: reuse });
const ledger = new Ledger(server);
const owners = new Owners(server);
const nodes = [];
const rows = [];
const faults = [];
let bot;

try {
  for (let i = 0; i < 3; i += 1) nodes.push(await begunNode(`n${i}`));
  await commandLine();
  await songsBegin();
  await event('undisturbed', () => costs(SETTLE_MS), { gap: 200 });
  if (EVENTS > 0) await schedule();
  else {
    if (LEASE_MS > AWAY_MS * 1.5) await event('NATS away for 10 s', () => natsAway(AWAY_MS), { gap: values.frames === 'node' ? 200 : AWAY_MS + 2_000 });
    if (values.frames === 'node') await event('bot killed and restarted', botRestarted, { gap: 400 });
    await event('SIGTERM', () => terminated(nodes[0]), { gap: 400 });
    await event('SIGKILL', () => killed(nodes[1]), { gap: LEASE_MS + 3_000, twice: SONGS * 10 });
    nodes[1] = await begunNode('n1');
    await event('SIGSTOP', () => stoodStill(nodes[2]), { gap: LEASE_MS + 3_000, twice: SONGS * 10 });
  }
} catch (error) {
  faults.push(error.stack);
} finally {
  await bot?.leave();
  for (const node of nodes) await node.end();
  await server.close();
  await nats.end();
  await rm(folder, { recursive: true, force: true });
}
console.table(rows);
if (faults.length > 0) console.error(faults.join('\n'));
process.exit(faults.length > 0 ? 1 : 0);

async function songsBegin() {
  const keyOf = (payload) => (payload[1] << 8) | payload[2];
  for (let i = 0; i < SONGS; i += 1) ledger.expect(String(1_000 + i), frames.map(keyOf), keyOf);
  bot = begunBot();
  await until(() => ledger.heardSince(0) === SONGS, 20_000, 'all songs have begun');
}

/** A random schedule of all of it, from a seed; each node that has gone has a successor. The same bounds for each. */
async function schedule() {
  const random = seeded(Number(values.seed));
  for (let i = 0; i < EVENTS; i += 1) {
    const at = Math.floor(random() * nodes.length);
    const kind = Math.floor(random() * 4);
    if (kind === 0) await event(`${i}: NATS away`, () => natsAway(random() * LEASE_MS * 0.5), { gap: values.frames === 'node' ? 300 : LEASE_MS });
    else if (kind === 1) await event(`${i}: SIGTERM ${nodes[at].state.sessions}`, () => terminated(nodes[at]), { gap: 600 });
    else if (kind === 2) await event(`${i}: SIGSTOP ${nodes[at].state.sessions}`, () => stoodStill(nodes[at]), { gap: LEASE_MS + 3_000, twice: SONGS * 10 });
    else await event(`${i}: SIGKILL ${nodes[at].state.sessions}`, () => killed(nodes[at]), { gap: LEASE_MS + 3_000, twice: SONGS * 10 });
    if (!nodes[at].alive) nodes[at] = await begunNode(`n${at}`);
  }
}

/** Numbers from 0 to 1, the same of each seed (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function begunNode(name) {
  return RemoteNode.start(nats.url, { name, lease: LEASE_MS, files: folder });
}

function begunBot() {
  const options = { sources: values.frames === 'node' ? 'files' : 'none', keep: 60_000 };
  return new RemoteBot(server, { url: nats.url, file: join(folder, 'song.opus'), songs: SONGS, options }, (fault) => faults.push(fault));
}

/** As a deploy that gives it no time. The next process is given what the one before has left. */
async function botRestarted() {
  await bot.kill();
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

async function killed(node) {
  const { sessions } = node.state;
  await node.end();
  await heardAgain(sessions);
}

/** Its machine stood still, for longer than its lease: what it would have sent meanwhile is another's by then. It comes back as another node. */
async function stoodStill(node) {
  const { id, sessions } = node.state;
  node.signal('SIGSTOP');
  await Promise.all([wait(LEASE_MS * 1.2), heardAgain(sessions)]).finally(() => node.signal('SIGCONT'));
  await until(() => node.state.status === 'serving' && node.state.id !== id, LEASE_MS + 10_000, 'the node is back as another');
}

async function heardAgain(sessions) {
  const since = performance.now() + 50;
  await until(() => ledger.heardSince(since) === SONGS, LEASE_MS + 3_000, `the ${sessions} songs of the node are heard again`);
}

/** What a song costs a second, on the node, in the bot's process (the voice server is in it, too) and over NATS. */
async function costs(ms) {
  const take = async () => ({ ...(await bot.stats()), nodes: await Promise.all(nodes.map((node) => node.cpu())) });
  const before = await take();
  await wait(ms);
  const after = await take();
  const each = (name) => Number(((after[name] - before[name]) / SONGS / (ms / 1_000)).toFixed(1));
  const cpu = after.nodes.reduce((sum, one, i) => sum + one - before.nodes[i], 0) / SONGS / (ms / 1_000);
  console.log(`${SONGS} songs on ${nodes.map(({ state }) => state.sessions).join(' + ')} sessions; a song a second:`);
  console.table([{ 'node CPU ms': Number(cpu.toFixed(2)), 'messages to bot': each('inMsgs'), 'bytes to bot': each('inBytes'), 'messages to node': each('outMsgs'), 'bytes to node': each('outBytes') }]);
}

/** `rxvoice node` is a node, and ends well when it is told to. */
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

/** Judges what was heard from a while before it to a while after. */
async function event(name, disturb, { gap, lost = 0, twice = 0 }) {
  const from = performance.now() - 200;
  if (process.stderr.isTTY || EVENTS > 0) console.error(`${name} …`);
  await disturb();
  await wait(SETTLE_MS);
  const sum = ledger.judge(from);
  const { handovers, violations } = owners.report();
  rows.push({ event: name, songs: sum.songs, handovers, frames: sum.frames, lost: sum.lost, twice: sum.twice, 'gap ms': Math.round(sum.gap), 'median gap': Math.round(sum.gaps[sum.gaps.length >> 1]) });
  if (sum.silent + sum.strange > 0) faults.push(`${name}: ${sum.silent} songs were not heard, ${sum.strange} frames were strange`);
  if (violations.length > 0) faults.push(`${name}: there were two owners: ${violations.slice(0, 5).join('; ')}${violations.length > 5 ? `, and ${violations.length - 5} more` : ''}`);
  if (sum.gap > gap) faults.push(`${name}: a gap of ${Math.round(sum.gap)} ms, and not ${gap}`);
  if (sum.lost > lost) faults.push(`${name}: ${sum.lost} frames were lost`);
  if (sum.twice > twice) faults.push(`${name}: ${sum.twice} frames came twice, and not ${twice}`);
}
