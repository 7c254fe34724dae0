/** `npm run build && node test/bench/profile.mjs [N]`: shows whose code the main thread of an rxvoice sender runs while joining and playing. */
import { Child } from './channel.mjs';
import { createIdentity } from './identity.mjs';

const SECONDS = 5;
const PATIENCE = 60_000;
const MODES = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'];
const COLUMNS = ['native code', 'garbage collection', 'Node', 'ws', 'RxJS', 'rxvoice', 'benchmark'];

const sessions = Number(process.argv[2] ?? 200);
if (!Number.isInteger(sessions) || sessions < 1 || sessions > 2_000) throw new RangeError('N is a whole number from 1 to 2000');
const identity = await createIdentity();
const env = { NODE_EXTRA_CA_CERTS: identity.file };
const server = new Child('./server.mjs', [], { env });
try {
  await server.ask('start', { tls: identity.tls, dave: false });
  console.log(`Node ${process.version}, N = ${sessions}, % of the time in which the main thread is not idle\n`);
  console.log(`| | ${COLUMNS.join(' | ')} |\n|---|${COLUMNS.map(() => '---|').join('')}`);
  for (const mode of MODES) {
    const sender = new Child('./sender.mjs', ['rxvoice'], { env });
    try {
      const admissions = await server.ask('admit', { count: sessions });
      const joined = await sender.ask('join', { admissions, mode, dave: false, sample: true }, PATIENCE);
      const played = await sender.ask('play', { seconds: SECONDS, sample: true }, SECONDS * 1_000 + PATIENCE);
      await sender.ask('leave');
      print(`joining, ${mode}`, joined.shares);
      print(`playing, ${mode}`, played.shares);
    } finally {
      await sender.end();
    }
  }
} finally {
  await server.end();
  await identity.remove();
}

function print(what, shares) {
  console.log(`| ${what} | ${COLUMNS.map((owner) => Math.round((shares[owner] ?? 0) * 100)).join(' | ')} |`);
}
