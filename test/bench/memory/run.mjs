/**
 * `npm run build && node test/bench/memory/run.mjs`: what one more session holds, by constructor, from two heap snapshots of one process; and
 * the cost of joining, and the growth of RSS. Compares rxvoice, @discordjs/voice, and a hand-written client, which is the floor.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Child } from '../channel.mjs';
import { createIdentity } from '../identity.mjs';
import { difference, readHeap } from './heap.mjs';
import { compareJoins } from './joins.mjs';
import { compareRss } from './rss.mjs';

const USAGE = `usage: node test/bench/memory/run.mjs [options]
  --few 20           sessions at the first snapshot
  --many 120         sessions at the second one: what lies between is what the difference counts
  --top 25           lines of the table by constructor
  --idle             sessions that play nothing; else each plays a song that does not end
  --joins 0          in place of snapshots: so many joins at once, each round in a process of its own
  --rss 0            in place of snapshots: RSS of so many sessions, each library in a process of its own
  --settle 5         s that the sessions play before RSS is looked at
  --rounds 3         of joins or RSS, with the senders in turn, every other round backwards; the median is printed
  --senders discordjs,by-hand,rxvoice
  --mode xchacha     or aes: what rxvoice seals with; the others always take AES
  --keep FOLDER      leaves the snapshots there, for the developer tools of a browser
`;
const MODES = { aes: 'aead_aes256_gcm_rtpsize', xchacha: 'aead_xchacha20_poly1305_rtpsize' };
const PATIENCE = 120_000;

const { values } = parseArgs({
  options: {
    few: { type: 'string', default: '20' },
    many: { type: 'string', default: '120' },
    top: { type: 'string', default: '25' },
    idle: { type: 'boolean', default: false },
    joins: { type: 'string', default: '0' },
    rss: { type: 'string', default: '0' },
    settle: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    senders: { type: 'string', default: 'discordjs,by-hand,rxvoice' },
    mode: { type: 'string', default: 'xchacha' },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else await main();

async function main() {
  const [few, many, top, joins, rss, settle, rounds] = ['few', 'many', 'top', 'joins', 'rss', 'settle', 'rounds'].map((name) => whole(name));
  const libraries = values.senders.split(',');
  const identity = await createIdentity();
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'rxvoice-heap-')));
  const env = { NODE_EXTRA_CA_CERTS: identity.file };
  const server = new Child('./server.mjs', [], { env });
  const context = { server, env, folder, mode: MODES[values.mode] };
  try {
    await server.ask('start', { tls: identity.tls, dave: false });
    console.log(`Node ${process.version}${joins + rss > 0 ? '' : `, ${few} and ${many} sessions, each ${values.idle ? 'ready' : 'playing'}`}`);
    if (joins > 0) await compareJoins(context, libraries, joins, rounds);
    if (rss > 0) await compareRss(context, libraries, rss, { rounds, settle, play: !values.idle });
    if (joins + rss > 0) return;
    for (const library of libraries) print(library, await measure(context, library, few, many), top);
  } finally {
    await server.end();
    await identity.remove();
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** The memory that the sessions added between `few` and `many` hold. */
async function measure({ server, env, folder, mode }, library, few, many) {
  const child = new Child('./memory/child.mjs', [library], { env, execArgv: ['--expose-gc'] });
  try {
    const grow = async (count) => {
      await child.ask('grow', { admissions: await server.ask('admit', { count }), mode, play: !values.idle }, PATIENCE);
      const file = join(folder, `${library}-${count}.heapsnapshot`);
      return { ...(await child.ask('snapshot', { file }, PATIENCE)), file };
    };
    const before = await grow(few);
    const after = await grow(many - few);
    const rows = difference(await readHeap(before.file), await readHeap(after.file), many - few);
    const per = (name) => (after[name] - before[name]) / (many - few);
    return { rows, heap: per('heap'), external: per('external'), rss: per('rss') };
  } finally {
    await child.end();
  }
}

function print(library, { rows, heap, external, rss }, top) {
  const kb = (bytes) => (bytes / 1024).toFixed(1);
  console.log(`\n${library}, a session: ${kb(heap)} KB of live JavaScript, ${kb(external)} KB external, ${kb(rss)} KB of RSS\n`);
  console.log('| bytes | count | what |\n|---|---|---|');
  for (const { name, bytes, count } of rows.slice(0, top)) console.log(`| ${bytes.toFixed(0)} | ${count.toFixed(1)} | ${name} |`);
}

function whole(name) {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`--${name}: '${values[name]}' is no whole number\n${USAGE}`);
  return value;
}
