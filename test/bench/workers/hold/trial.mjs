/** Plays one number of sessions of one kind of sender for some seconds, and measures them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cpus } from 'node:os';
import { Child } from '../../channel.mjs';
import { othersThan, pinned, worked } from './cores.mjs';
import { dropped } from './ports.mjs';
import { sampleOf } from './search.mjs';
import { median } from './seconds.mjs';
import { standStill } from './stand-still.mjs';

const SECOND = 1_000;
const PER_SECOND = 50;
/** How many sessions join at once. Joining is not measured. */
const AT_ONCE = 50;
const SINKS = 64;
/** How long a batch may take to join, in ms. */
const PATIENCE = 60_000;
/** Seconds after which the buffers of the sinks are full and everything is compiled. */
const WARM_UP = 3;

/** What is measured: the kind of sender, its threads, and the cores that its process is pinned to. */
export const SENDERS = {
  'one-thread': { title: 'rxvoice, one thread', kind: 'sessions', threads: 1, cores: [0] },
  'two-threads': { title: 'rxvoice, two threads', kind: 'sessions', threads: 2, cores: [0, 1] },
  'main-thread': { title: 'rxvoice, main thread', kind: 'sessions', threads: 0, cores: [0] },
  'bare-one': { title: 'bare, one thread', kind: 'bare', threads: 1, cores: [0] },
  'bare-two': { title: 'bare, two threads', kind: 'bare', threads: 2, cores: [0, 1] },
};

/**
 * @param sender one of {@link SENDERS}
 * @param options `{ n, sample, seconds, identity, execArgv, say }`; `sample`: how many of the sessions are heard; `execArgv`: options of Node for the sender
 * @returns what `holds` judges, and what explains it: `late99` (ms) and `sampled` of the sample and `sunk` of all others in the median second, `worst`, the
 *   `late99` of the worst second, `usPerFrame` of CPU, `loops`, and the shares of a core that the server (`share`) and all other processes (`others`) used
 */
export async function trial({ kind, threads, cores }, { n, sample, seconds, identity, execArgv = [], say = () => undefined }) {
  const env = { NODE_EXTRA_CA_CERTS: identity.file };
  const children = [];
  const start = (script, args, options) => {
    const child = new Child(`./workers/hold/${script}`, args, { env, ...options });
    children.push(child);
    return child;
  };
  const sink = start('./sink.mjs');
  let still;
  try {
    const server = start('./server.mjs', [], pinned(othersThan(cores)));
    const { execPath, execArgv: pin } = pinned(cores);
    const sender = start('./sender.mjs', [kind, String(threads)], { execPath, execArgv: [...pin, ...execArgv] });
    const sinks = await sink.ask('open', { count: SINKS });
    await server.ask('start', { tls: identity.tls, count: n, sample, sinks });
    for (let from = 0; from < n; from += AT_ONCE) {
      say(`joining ${from} of ${n}`);
      const admissions = await server.ask('admit', { from, to: Math.min(n, from + AT_ONCE) });
      await sender.ask('join', { admissions }, PATIENCE);
    }
    still = await standStill(sink);
    say(`warming up ${n}`);
    await sender.ask('play', {}, PATIENCE);
    await sleep(WARM_UP * 1_000);
    say(`measuring ${n}`);
    await sender.ask('begin', {}, PATIENCE);
    await server.ask('begin');
    const all = cpus().map((_, core) => core);
    const workedBefore = worked(all);
    const sunk = await drain(sinks, seconds);
    const work = worked(all) - workedBefore;
    const heard = sampleOf(n, sample).size;
    const seen = await server.ask('end', { streams: heard });
    const told = await sender.ask('end', {}, PATIENCE);
    still.check();
    return summary({ n, heard, sunk, work, seen, told, bare: kind === 'bare' });
  } finally {
    still?.end();
    await Promise.all(children.map((child) => child.end()));
  }
}

/** For so many seconds, measures how many datagrams per second the kernel drops at these ports. */
async function drain(ports, seconds) {
  const rates = [];
  let [before, at] = [dropped(ports), performance.now()];
  for (let second = 0; second < seconds; second += 1) {
    await sleep(SECOND);
    const [sum, now] = [dropped(ports), performance.now()];
    rates.push(((sum - before) * SECOND) / (now - at));
    [before, at] = [sum, now];
  }
  return rates;
}

function summary({ n, heard, sunk, work, seen, told, bare }) {
  const { ms, seconds, share, open } = seen;
  // Reports and keepalives arrive too: about one for every hundred frames.
  const shares = sunk.map((rate) => (n === heard ? NaN : rate / (PER_SECOND * (n - heard))));
  const mean = shares.reduce((sum, part) => sum + part, 0) / shares.length;
  const frames = (ms / SECOND) * PER_SECOND * n * (n === heard ? 1 : Math.min(1, mean));
  return {
    n,
    late99: median(seconds.map(({ late99 }) => late99)),
    worst: Math.max(...seconds.map(({ late99 }) => late99)),
    // The lower median, so that of two seconds the worse one counts.
    sampled: -median(seconds.map(({ sent }) => -sent)),
    sunk: -median(shares.map((part) => -part)),
    dropped: bare ? 0 : n - open + told.failed,
    usPerFrame: told.cpu / frames,
    loops: told.loops,
    spent: told.spent.map(({ cpu }) => cpu / SECOND / ms),
    rss: told.rss / 2 ** 20,
    share,
    others: Math.max(0, (SECOND * work) / ms - told.cpu / SECOND / ms - share),
    seconds,
  };
}
