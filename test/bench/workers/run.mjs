/**
 * `npm run bench:workers`: measures the effect of a busy main thread on the audio of @discordjs/voice, of rxvoice in the main thread, and of rxvoice in
 * threads, each idle and blocked; and the cost of a frame, compared with that of a bare timer and socket, in the main thread and in a thread that is
 * fed. The senders take turns, after a warm-up in which code is compiled. All in one run, on 127.0.0.1 only.
 * `--source frames,file`: plays frames that are made here, or a file, which a thread opens by itself; `--stall MS`: how long the main thread is
 * blocked in each second; `--spread MS`: the time within which the sessions begin, because their starts decide how many wake-ups there are.
 * With `--cost`: what a thread costs, side by side in short windows. With `--hold`: how many sessions one core holds, and how many two cores hold.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Child } from '../channel.mjs';
import { createIdentity } from '../identity.mjs';
import { measure, medianOf } from '../measure.mjs';
import { cost } from './cost/cost.mjs';
import { hold } from './hold/hold.mjs';

const MODE = 'aead_xchacha20_poly1305_rtpsize';
const SENDERS = [
  { library: 'discordjs', mode: 'aead_aes256_gcm_rtpsize' },
  { library: 'rxvoice', mode: MODE },
  { library: 'rxvoice-workers', mode: MODE },
  { library: 'bare-socket', mode: MODE },
  { library: 'bare-worker', mode: MODE },
];
if (process.argv.includes('--cost')) process.exit(await cost(process.argv.slice(2)));
if (process.argv.includes('--hold')) process.exit(await hold(process.argv.slice(2)));

const { values } = parseArgs({
  options: { n: { type: 'string', default: '1,50,200' }, seconds: { type: 'string', default: '8' }, rounds: { type: 'string', default: '1' }, threads: { type: 'string', default: '1' },
    'warm-up': { type: 'string', default: '5' }, idle: { type: 'boolean', default: false }, senders: { type: 'string' },
    source: { type: 'string', default: 'frames' }, stall: { type: 'string', default: '100' }, spread: { type: 'string', default: '0' } }, // prettier-ignore
});
const stallMs = Number(values.stall);
const folder = await mkdtemp(join(tmpdir(), 'rxvoice-bench-'));
const song = join(folder, 'song.opus');
const identity = await createIdentity();
const env = { NODE_EXTRA_CA_CERTS: identity.file, RXVOICE_THREADS: values.threads };
const server = new Child('./server.mjs', [], { env });
try {
  await server.ask('start', { tls: identity.tls, dave: false });
  console.log(`Node ${process.version}, ${values.seconds} s each; blocked: the main thread for ${stallMs} ms a second; ${values.threads} thread(s)`);
  const senders = SENDERS.filter(({ library }) => values.senders === undefined || values.senders.split(',').includes(library));
  const kinds = values.idle ? [['idle', 0]] : [['idle', 0], ['blocked', stallMs]];
  for (const sessions of values.n.split(',').map(Number)) {
    for (const source of values.source.split(',')) print(sessions, source, await turns(sessions, source, senders, kinds));
  }
} finally {
  await server.end();
  await identity.remove?.();
  await rm(folder, { recursive: true, force: true });
}

/** Bare senders cannot play files. */
async function turns(sessions, source, all, kinds) {
  const senders = all.filter(({ library }) => source === 'frames' || !library.startsWith('bare-'));
  const runs = senders.map(({ library }) => ({ library, idle: [], blocked: [] }));
  const options = { sessions, seconds: Number(values.seconds), warmUp: Number(values['warm-up']), spread: Number(values.spread), env, ...(source === 'file' ? { file: song } : {}) };
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [i, sender] of senders.entries()) {
      const bare = sender.library.startsWith('bare-');
      for (const [kind, stall] of bare ? kinds.slice(0, 1) : kinds) runs[i][kind].push(await measure(server, sender, { ...options, stall }));
    }
  }
  return runs;
}

function print(sessions, source, runs) {
  console.log(`\n${sessions} sessions, ${source === 'file' ? 'a file' : 'frames'}`);
  console.log('sender           µs a frame  ratio (each round)        wakes/s  p99 idle  p99 blocked  bursts a stall  delivered');
  for (const { library, idle, blocked } of runs) {
    const bare = library.startsWith('bare-');
    // Each is compared with the sender that does the same in the main thread, in the same round.
    const here = runs.find((run) => run.library === (bare ? 'bare-socket' : 'rxvoice'))?.idle;
    const ratios = idle.map(({ cpuPerFrame }, round) => cpuPerFrame / (here?.[round].cpuPerFrame ?? NaN));
    const [median, busy] = [medianOf(idle), blocked.length > 0 ? medianOf(blocked) : undefined];
    const cells = [
      library.padEnd(16),
      median.cpuPerFrame.toFixed(1).padStart(10),
      `${middle(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`.padStart(24),
      median.wakes.toFixed(0).padStart(8),
      // Nobody receives what bare senders send.
      (bare ? '-' : `${median.p99.toFixed(1)} ms`).padStart(9),
      busy === undefined ? '-'.padStart(12) : `${busy.p99.toFixed(1)} ms`.padStart(12),
      busy === undefined ? '-'.padStart(15) : busy.burstsPerStall.toFixed(2).padStart(15),
      (bare ? '-' : (busy ?? median).delivered.toFixed(3)).padStart(10),
    ];
    console.log(cells.join(' '));
  }
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
