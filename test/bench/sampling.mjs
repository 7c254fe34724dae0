/** Where the main thread spends its time: V8's profiler samples, grouped by whose code runs. */
import { Session } from 'node:inspector/promises';

/** Owner by the file of a sample's innermost function; the first match counts. Functions without a file belong to V8 or native code. */
const OWNERS = [
  ['RxJS', /\/node_modules\/rxjs\//],
  ['ws', /\/node_modules\/ws\//],
  ['davey', /\/node_modules\/@snazzah\//],
  ['Node', /^node:/],
  ['rxvoice', /\/dist\//],
];
const NAMES = { '(garbage collector)': 'garbage collection', '(program)': 'native code', '(idle)': undefined };

/** Samples while `work` runs. Returns its value, and each owner's share of the time that was not idle. */
export async function sampled(work) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  try {
    const value = await work();
    const { profile } = await session.post('Profiler.stop');
    return { value, shares: sharesOf(profile) };
  } finally {
    session.disconnect();
  }
}

function sharesOf({ nodes, samples, timeDeltas }) {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
  const time = {};
  let total = 0;
  samples.forEach((id, i) => {
    const owner = owners.get(id);
    if (owner === undefined) return;
    time[owner] = (time[owner] ?? 0) + timeDeltas[i];
    total += timeDeltas[i];
  });
  return Object.fromEntries(Object.entries(time).map(([owner, us]) => [owner, us / total]));
}

function ownerOf({ functionName, url }) {
  if (url === '' && functionName in NAMES) return NAMES[functionName];
  return OWNERS.find(([, file]) => file.test(url))?.[0] ?? (url === '' ? 'native code' : 'benchmark');
}
