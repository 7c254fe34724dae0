/**
 * `npm run bench:workers -- --cost`: compares the cost of a frame in a thread with that in the main thread, for frames that are made in the main thread and
 * for a file that the thread opens by itself. Two floors do the same with only a timer and a socket: frames are posted every half second (bare), or pass
 * through the memory that rxvoice shares, and each is reported back (rings). All run at the same time, in short windows: each window is compared with that
 * of the main thread, so a disturbance affects both. For a floor, look at the difference, because its main thread does less.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createIdentity } from '../../identity.mjs';
import { sideBySide } from './side-by-side.mjs';
import { differences, quartiles, ratios, together } from './windows.mjs';

const MODE = 'aead_xchacha20_poly1305_rtpsize';
/** The two senders of each pair: in the main thread, and in a thread. */
const PAIRS = {
  frames: [{ library: 'rxvoice' }, { library: 'rxvoice-workers' }],
  file: [{ library: 'rxvoice', file: true }, { library: 'rxvoice-workers', file: true }],
  bare: [{ library: 'bare-socket' }, { library: 'bare-worker' }],
  rings: [{ library: 'bare-socket' }, { library: 'bare-rings' }],
};
/**
 * Ages of the processes, the same for both of a pair. New: from 2 s after the first play begins, while V8 compiles the code. Warm: like a bot that was
 * started an hour ago. With one session, whose code runs fifty times a second, warming up takes minutes, so other sessions play during that time.
 */
const AGES = {
  new: ({ sessions }) => ({ warmUp: 2, warmers: sessions }),
  warm: ({ warmUp, warmers }) => ({ warmUp, warmers }),
};
const USAGE = `usage: npm run bench:workers -- --cost [options]
  --n 1,50,200       sessions
  --pairs a,b        of ${Object.keys(PAIRS).join(', ')}; all unless given
  --processes 3      of each sender at once, since no two cost quite the same; fewer unless given, from 50 sessions on
  --ages new,warm    of a process: in its first minute, or when it has played for a while; both unless given
  --windows 30       of which the median is taken
  --seconds 2        that each is long
  --warm-up 120      s that a warm one has played before
  --warmers 50       sessions that play for half of that at least: with a few, compiling takes minutes
  --json             one JSON object instead of the table
`;

/** @returns the exit code */
export async function cost(argv) {
  try {
    const options = readOptions(argv);
    const results = [];
    for (const sessions of options.n) for (const pair of options.pairs) for (const age of options.ages) results.push(await measure(pair, sessions, age, options));
    if (options.json) console.log(JSON.stringify(results));
    return 0;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return 1;
  }
}

async function measure(pair, sessions, age, { json, ...options }) {
  const identity = await createIdentity();
  const folder = await mkdtemp(join(tmpdir(), 'rxvoice-bench-'));
  try {
    const env = { NODE_EXTRA_CA_CERTS: identity.file, RXVOICE_THREADS: '1' };
    const { processes = Math.max(1, Math.min(3, Math.floor(100 / sessions))) } = options;
    const senders = Array.from({ length: processes }, () => PAIRS[pair].map((sender) => ({ mode: MODE, ...sender }))).flat();
    const { warmUp, warmers } = AGES[age]({ ...options, sessions });
    const seen = await sideBySide(senders, { ...options, sessions, warmUp, warmers, spread: 1_000, identity, env, folder });
    const [main, thread] = [0, 1].map((side) => seen.filter((_, i) => i % 2 === side));
    const [mains, threads] = [main, thread].map((all) => together(all.map(({ windows }) => windows)));
    const result = { pair, sessions, age, processes, main: summary(main, mains), thread: summary(thread, threads), ratio: quartiles(ratios(threads, mains)), over: quartiles(differences(threads, mains)) };
    if (!json) print(result);
    return result;
  } finally {
    await identity.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** µs of CPU per frame; ms of CPU and wake-ups per second of the two busiest threads; and ms of CPU of all others, which compile and collect garbage. */
function summary(all, sums) {
  const windows = all.flatMap((one) => one.windows);
  const of = (figure) => quartiles(windows.map(figure))[1];
  const busiest = (nth) => ({
    cpu: of(({ threads, seconds }) => (threads[nth]?.cpu ?? 0) / 1_000 / seconds),
    wakes: of(({ threads, seconds }) => (threads[nth]?.wakes ?? 0) / seconds),
  });
  const others = of(({ threads, seconds }) => threads.slice(2).reduce((sum, { cpu }) => sum + cpu, 0) / 1_000 / seconds);
  return { cpuPerFrame: quartiles(sums.map(({ cpu, frames }) => cpu / frames)), busiest: [busiest(0), busiest(1)], others, p99: Math.max(...all.map(({ p99 }) => p99)) };
}

function print({ pair, sessions, age, processes, main, thread, ratio, over }) {
  const three = (values, digits) => `${values[1].toFixed(digits)} (${values[0].toFixed(digits)} to ${values[2].toFixed(digits)})`;
  const line = (name, { cpuPerFrame, busiest, others, p99 }) => {
    const loops = busiest.map(({ cpu, wakes }) => `${cpu.toFixed(2)} ms/s, woken ${wakes.toFixed(1)}/s`);
    const heard = pair === 'bare' || pair === 'rings' ? '' : `  p99 ${p99.toFixed(1)} ms`;
    console.log(`  ${name.padEnd(12)} ${three(cpuPerFrame, 1).padStart(26)} µs a frame  ${loops.join('; ')}; others ${others.toFixed(2)} ms/s${heard}`);
  };
  console.log(`${sessions} sessions, ${pair}, ${age}: ${three(ratio, 3)}, ${over[1].toFixed(1)} µs more a frame, ${processes} process(es) of each`);
  line('main thread', main);
  line('a thread', thread);
}

/** @throws Error with a text for the user */
function readOptions(argv) {
  const text = { type: 'string' };
  const { values } = parseArgs({
    args: argv,
    options: { cost: { type: 'boolean' }, n: text, pairs: text, processes: text, ages: text, windows: text, seconds: text, 'warm-up': text, warmers: text, json: { type: 'boolean', default: false } },
  });
  const number = (name, value, least, most) => {
    if (!(value >= least && value <= most)) throw new RangeError(`--${name}: '${values[name]}' is no number from ${least} to ${most}`);
    return Number(value);
  };
  const some = (name, all) => {
    const chosen = values[name]?.split(',') ?? Object.keys(all);
    for (const one of chosen) if (!Object.hasOwn(all, one)) throw new RangeError(`--${name}: '${one}' is none of ${Object.keys(all).join(', ')}`);
    return chosen;
  };
  return {
    pairs: some('pairs', PAIRS),
    ages: some('ages', AGES),
    n: (values.n ?? '1,50,200').split(',').map((n) => number('n', n, 1, 5_000)),
    processes: values.processes === undefined ? undefined : number('processes', values.processes, 1, 20),
    windows: number('windows', values.windows ?? 30, 1, 10_000),
    seconds: number('seconds', values.seconds ?? 2, 0.1, 600),
    warmUp: number('warm-up', values['warm-up'] ?? 120, 2, 600),
    warmers: number('warmers', values.warmers ?? 50, 1, 1_000),
    json: values.json,
  };
}
