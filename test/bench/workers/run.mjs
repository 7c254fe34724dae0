/**
 * `npm run bench:workers`: what a busy main thread does to the audio, of @discordjs/voice, of rxvoice in the main thread, and of rxvoice in
 * threads, each idle and blocked; and what a frame costs. All in one run, on 127.0.0.1 only.
 */
import { parseArgs } from 'node:util';
import { Child } from '../channel.mjs';
import { createIdentity } from '../identity.mjs';
import { measure, medianOf } from '../measure.mjs';

const MODE = 'aead_xchacha20_poly1305_rtpsize';
const SENDERS = [
  { library: 'discordjs', mode: 'aead_aes256_gcm_rtpsize' },
  { library: 'rxvoice', mode: MODE },
  { library: 'rxvoice-workers', mode: MODE },
];
const STALL_MS = 100;

const { values } = parseArgs({
  options: { n: { type: 'string', default: '1,50,200' }, seconds: { type: 'string', default: '8' }, rounds: { type: 'string', default: '1' }, threads: { type: 'string', default: '1' } },
});
const identity = await createIdentity();
const env = { NODE_EXTRA_CA_CERTS: identity.file, RXVOICE_THREADS: values.threads };
const server = new Child('./server.mjs', [], { env });
try {
  await server.ask('start', { tls: identity.tls, dave: false });
  console.log(`Node ${process.version}, ${values.seconds} s each; blocked: the main thread for ${STALL_MS} ms a second; ${values.threads} thread(s)`);
  for (const sessions of values.n.split(',').map(Number)) {
    const rows = [];
    for (const sender of SENDERS) {
      const runs = { idle: [], blocked: [] };
      for (let round = 0; round < Number(values.rounds); round++) {
        for (const [kind, stall] of [['idle', 0], ['blocked', STALL_MS]]) {
          runs[kind].push(await measure(server, sender, { sessions, seconds: Number(values.seconds), stall, env }));
        }
      }
      rows.push({ library: sender.library, idle: medianOf(runs.idle), blocked: medianOf(runs.blocked) });
    }
    print(sessions, rows);
  }
} finally {
  await server.end();
  await identity.remove?.();
}

function print(sessions, rows) {
  console.log(`\n${sessions} sessions`);
  console.log('sender            µs a frame  p99 idle  p99 blocked  ratio  bursts a stall  delivered');
  const here = rows.find(({ library }) => library === 'rxvoice').idle.cpuPerFrame;
  for (const { library, idle, blocked } of rows) {
    const cells = [
      library.padEnd(16),
      `${idle.cpuPerFrame.toFixed(1)} (${(idle.cpuPerFrame / here).toFixed(2)})`.padStart(12),
      `${idle.p99.toFixed(1)} ms`.padStart(9),
      `${blocked.p99.toFixed(1)} ms`.padStart(12),
      (blocked.p99 / idle.p99).toFixed(2).padStart(6),
      blocked.burstsPerStall.toFixed(2).padStart(15),
      blocked.delivered.toFixed(3).padStart(10),
    ];
    console.log(cells.join(' '));
  }
}
