/**
 * `npm run bench:workers -- --hold`: how many playing sessions one core holds, and how many two, with rxvoice in threads; for comparison the floor,
 * threads that only encrypt and send, and rxvoice in the main thread. Linux only, on 127.0.0.1 only.
 */
import { parseArgs } from 'node:util';
import { createIdentity } from '../../identity.mjs';
import { Progress } from '../../progress.mjs';
import { checkPinning } from './cores.mjs';
import { measureDrops } from './drops.mjs';
import { BOUNDS, decide, holds, LATE_MS, SENT } from './search.mjs';
import { SENDERS, trial } from './trial.mjs';

const USAGE = `usage: npm run bench:workers -- --hold [options]
  --only a,b         of ${Object.keys(SENDERS).join(', ')}; all unless given
  --n 400            tries this number once, and searches nothing
  --from 400         the first number that is tried
  --to N             a number that is known to be too many
  --step 1.1         how near to each other what is held and what is not are to come
  --tries 2          how often a number must hold, or fail, before it counts: with 2, most of three trials
  --seconds 8        that each trial is looked at, after a warm-up
  --sample 16        sessions of a trial that are heard; all others send to a port where nobody listens
  --node="--opt ..." options of Node for the senders
  --drops            what a send to such a port costs, and nothing else
  --json             one JSON object instead of the tables
`;

/** @returns the exit code */
export async function hold(argv) {
  try {
    await run(argv);
    return 0;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return 1;
  }
}

async function run(argv) {
  const options = readOptions(argv);
  checkPinning();
  if (options.drops) return console.log(options.json ? JSON.stringify(await measureDrops()) : costs(await measureDrops()));
  const identity = await createIdentity();
  const progress = new Progress();
  const results = [];
  try {
    for (const name of options.only) results.push({ name, ...(await search(name, { ...options, identity, progress })) });
  } finally {
    progress.done();
    await identity.remove();
  }
  console.log(options.json ? JSON.stringify(results) : report(results));
}

async function search(name, { n, json, progress, ...options }) {
  const trials = [];
  for (;;) {
    const decision = n === undefined ? decide(trials, options) : trials.length === 0 ? { next: n } : { held: trials[0].held ? n : 0, failed: trials[0].held ? Infinity : n };
    if (decision.next === undefined) return { ...decision, trials };
    const seen = await trial(SENDERS[name], { ...options, n: decision.next, say: (what) => progress.say(`${SENDERS[name].title}, trial ${trials.length + 1}: ${what}`) });
    trials.push({ ...seen, held: holds(seen) });
    progress.done();
    if (!json) console.log(line(SENDERS[name].title, trials.at(-1)));
  }
}

function line(title, { n, held, late99, worst, sampled, sunk, dropped, usPerFrame, loops, spent, rss, share, others }) {
  const percent = (part) => (Number.isNaN(part) ? '-' : `${(100 * part).toFixed(1)} %`);
  const cells = [
    title.padEnd(20),
    String(n).padStart(5),
    (held ? 'holds' : 'fails').padEnd(5),
    `late p99 ${late99.toFixed(1)} ms (worst second ${worst.toFixed(1)})`,
    `sent ${percent(sampled)} of the sample, ${percent(sunk)} of the others`,
    ...(dropped > 0 ? [`${dropped} lost`] : []),
    `${usPerFrame.toFixed(1)} µs a frame`,
    `loops ${loops.map(({ late99, busy, collections, collecting }) => `${percent(busy)} busy, p99 ${late99.toFixed(1)} ms late, ${collections} collections in ${collecting.toFixed(0)} ms`).join('; ')}`,
    `threads ${spent.map(percent).join(' ')} of a core`,
    `${rss.toFixed(0)} MB`,
    `server ${percent(share)}`,
    `other processes ${percent(others)}`,
  ];
  return cells.join('  ');
}

function costs({ reader, sink, dropped }) {
  const cost = ({ cpu, time, failed }) => `${cpu.toFixed(2)} µs of CPU a send, ${time.toFixed(2)} µs of time, ${failed} failed`;
  return `to a port that is read: ${cost(reader)}\nto a sink: ${cost(sink)}; ${dropped} dropped by the kernel`;
}

/** The numbers of sessions that are held, and the ratio of each pair of one and two cores. */
function report(results) {
  const held = Object.fromEntries(results.map((result) => [result.name, result.held]));
  const ratio = (two, one) => (held[two] > 0 && held[one] > 0 ? (held[two] / held[one]).toFixed(2) : '-');
  const pairs = [
    ['rxvoice, threads', 'one-thread', 'two-threads'],
    ['rxvoice, main thread, two threads', 'main-thread', 'two-threads'],
    ['bare threads', 'bare-one', 'bare-two'],
  ].filter(([, one, two]) => one in held && two in held);
  const limit = ({ failed }) => (failed === Infinity ? '' : `, and not ${failed}`);
  return [
    `\nNode ${process.version}; held: in the median second, late p99 below ${LATE_MS} ms, and ${100 * SENT} % of what is due sent`,
    ...results.map((result) => `${SENDERS[result.name].title.padEnd(34)} ${String(result.held).padStart(6)} sessions${limit(result)}`),
    ...pairs.map(([title, one, two]) => `${title.padEnd(34)} one core ${held[one]}, two cores ${held[two]}, ratio ${ratio(two, one)}`),
  ].join('\n');
}

/** @throws Error with a text for the user */
function readOptions(argv) {
  const text = { type: 'string' };
  const { values } = parseArgs({
    args: argv,
    options: { hold: { type: 'boolean' }, only: text, n: text, from: text, to: text, step: text, tries: text, seconds: text, sample: text, node: text, drops: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } }, // prettier-ignore
  });
  const number = (name, byDefault, least, most) => {
    const value = values[name] === undefined ? byDefault : Number(values[name]);
    if (value !== undefined && !(value >= least && value <= most && (name === 'step' || Number.isInteger(value) || value === Infinity)))
      throw new RangeError(`--${name}: '${values[name]}' is no number from ${least} to ${most}`);
    return value;
  };
  const only = values.only?.split(',') ?? Object.keys(SENDERS);
  for (const name of only) if (!Object.hasOwn(SENDERS, name)) throw new RangeError(`--only: '${name}' is none of ${Object.keys(SENDERS).join(', ')}`);
  const { most } = BOUNDS;
  return {
    only,
    json: values.json,
    drops: values.drops,
    n: number('n', undefined, 1, most),
    from: number('from', BOUNDS.from, 1, most),
    to: number('to', BOUNDS.to, 2, Infinity),
    step: number('step', BOUNDS.step, 1.01, 2),
    tries: number('tries', BOUNDS.tries, 1, 10),
    seconds: number('seconds', 8, 1, 600),
    sample: number('sample', 16, 1, 500),
    execArgv: values.node?.split(' ') ?? [],
  };
}
