/**
 * `npm run test:compose`: runs docs/examples/fleet as far as possible without docker. It reads the files, gives nats.conf to a real nats-server, and runs
 * the command of each service as a process, with only the environment that compose.yaml names. Then it restarts each node in turn, like
 * `docker compose restart`. Exits with 1 if a song did not go on: a gap above 400 ms, a frame lost or sent twice, or a song that started again.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NatsServer } from '../nats-server.mjs';
import { duration, readServices, Service } from './services.mjs';
import { differing, missing, refusal } from './written.mjs';

const FOLDER = fileURLToPath(new URL('../../../docs/examples/fleet/', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const MOST_GAP_MS = 400;
/** The bot's process has the voice server and the clock that measures gaps. Time in which that process stands still must not count as a gap of a song. */
const PROCESS_TIME = ['--import', new URL('../../support/process-time.mjs', import.meta.url).href];
const PATIENCE_MS = 30_000;

const file = join(FOLDER, 'compose.yaml');
const [text, dockerfile, conf] = await Promise.all([file, join(FOLDER, 'Dockerfile'), join(FOLDER, 'nats.conf')].map((path) => readFile(path, 'utf8')));
const services = readServices(text);
const faults = [];
const unchecked = ['the image: that it can be built, and that rxvoice can be had by npm there', 'docker itself: networks, volumes, health checks, signals through its init'];

faults.push(...missing(FOLDER, services, dockerfile).map((what) => `${what} is named, and is not there`));
faults.push(...differing(conf).map((user) => `nats.conf: the permissions of ${user} are not those of test/nodes/permissions.mjs`));
const refused = refusal(file);
if (refused === null) unchecked.push('the schema of compose.yaml: DOCKER_COMPOSE names a docker compose that can be asked');
else if (refused !== '') faults.push(refused);

const music = await mkdtemp(join(tmpdir(), 'rxvoice-fleet-'));
const running = new Map();
let nats;
try {
  const song = services.get('bot').environment.SONG;
  execFileSync(process.execPath, [join(FOLDER, 'song.mjs'), here(song)]);
  nats = await NatsServer.start(conf, services.get('nats').environment);
  const nodes = [...services.keys()].filter((name) => services.get(name).command[0] === 'rxvoice');
  const bot = started('bot');
  for (const name of nodes) started(name);
  const all = new RegExp(`^${services.get('bot').environment.SONGS} songs: `);
  await bot.said(all, PATIENCE_MS);
  const begun = bot.lines.length;
  for (const name of nodes) await restarted(name);
  const end = bot.lines.length;
  await bot.said(all, PATIENCE_MS, end);
  judge(bot.lines.slice(begun));
  if (!(await bot.stop(PATIENCE_MS))) faults.push(`the bot has not ended well: ${bot.lines.at(-1)}`);
} catch (error) {
  faults.push(error.stack);
} finally {
  for (const service of running.values()) await service.stop(PATIENCE_MS);
  await nats?.end();
  await rm(music, { recursive: true, force: true });
}
for (const what of unchecked) console.log(`not checked: ${what}`);
if (faults.length > 0) console.error(faults.join('\n'));
process.exit(faults.length > 0 ? 1 : 0);

/** Replaces container paths and host names in a word of a command or an environment by those of this machine. */
function here(word) {
  return word.replace(/^\/music\b/, music).replace('nats://nats:4222', nats?.url);
}

function started(name) {
  const { command, environment } = services.get(name);
  const [program, ...args] = command.map(here);
  const words = { rxvoice: [process.execPath, PROGRAM], node: [process.execPath, ...PROCESS_TIME] }[program];
  const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, here(value)]));
  const service = new Service([...words, ...args], { cwd: FOLDER, env });
  running.set(name, service);
  service.start();
  return service;
}

async function restarted(name) {
  const service = running.get(name);
  await service.said(/^serving /, PATIENCE_MS);
  const { stop_grace_period: grace } = services.get(name);
  const [, sessions] = /, (\d+) session/.exec(service.lines.at(-1));
  const at = performance.now();
  if (!(await service.stop(duration(grace)))) faults.push(`${name} has not ended well in ${grace}: ${service.lines.at(-1)}`);
  console.log(`${name}: ${sessions} songs went on elsewhere in ${Math.round(performance.now() - at)} ms`);
  const from = service.lines.length;
  service.start();
  await service.said(/^serving /, PATIENCE_MS, from);
}

/** Judges the lines that the bot has printed since all songs were playing. */
function judge(lines) {
  console.log(lines.join('\n'));
  for (const line of lines) {
    const [, frames, lost, twice, gap] = /(\d+) frames heard, (\d+) lost, (\d+) twice, longest gap (\d+) ms/.exec(line) ?? [];
    if (frames === undefined) faults.push(`the bot said: ${line}`);
    else if (Number(frames) === 0 || Number(lost) + Number(twice) > 0 || Number(gap) > MOST_GAP_MS) faults.push(`not as it should be: ${line}`);
  }
  if (lines.length < 2) faults.push('the bot has said nothing of it');
}
