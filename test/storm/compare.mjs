/** Tests each kind of fault separately against each library. Each test has its own process; several run at once, because they mostly wait. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createIdentity } from '../bench/identity.mjs';
import { comparison, versions, withComparison } from './comparison-page.mjs';
import { FAULTS, REFUSED_FOR_GOOD } from './faults.mjs';

/** The last, with a more helpful gateway, runs only if the one before it failed. */
const CLIENTS = ['rxvoice', 'discordjs', 'discordjs-recipe', 'discordjs-recipe-answered'];
/** Each takes about a hundredth of a core. */
const AT_ONCE = 8;
/** ms after which a process that reports nothing is killed. */
const DEADLINE = 60_000;
const PAGE = fileURLToPath(new URL('../../docs/storms.md', import.meta.url));

/** Resolves with whether all contests were run without an error. */
export async function compare({ kinds, json, write }, onProgress) {
  const identity = await createIdentity();
  const wanted = ({ name }) => kinds === undefined || kinds.some((part) => name.includes(part));
  const faults = FAULTS.filter(({ asks, dave }) => asks === undefined && !dave).filter(wanted);
  const rows = [...faults, ...REFUSED_FOR_GOOD.filter(wanted)].map((fault) => ({ fault, results: {} }));
  const queue = [...rows];
  const worker = async () => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      for (const client of CLIENTS) {
        if (client.endsWith('-answered') && row.results['discordjs-recipe'].survived) continue;
        onProgress(rows.length - queue.length, rows.length, `${client}, ${row.fault.name}`);
        row.results[client] = await hold(client, row.fault.name, identity);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    await identity.remove();
  }
  const held = rows.map(({ fault, results }) => ({
    name: fault.name,
    ends: fault.membership === true,
    forGood: REFUSED_FOR_GOOD.includes(fault),
    results,
  }));
  const about = await versions();
  console.log(json ? JSON.stringify(held) : comparison(held, about));
  if (write) await writeFile(PAGE, withComparison(await readFile(PAGE, 'utf8'), held, about));
  const failed = held.flatMap(({ name, results }) => Object.entries(results).filter(([, { error }]) => error !== undefined).map(([client, { error }]) => `${client}, ${name}: ${error}`)); // prettier-ignore
  for (const text of failed) console.error(text);
  return failed.length === 0;
}

async function hold(client, kind, identity) {
  const child = fork(fileURLToPath(new URL('contest.mjs', import.meta.url)), [], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: identity.file },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exit = once(child, 'exit').then(() => [{ error: 'the process ended without a word' }]);
  const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE);
  const message = once(child, 'message');
  message.catch(() => undefined);
  child.send({ client, kind, tls: identity.tls });
  const [{ result, crashed, error }] = await Promise.race([message, exit]);
  clearTimeout(timer);
  await exit;
  if (error !== undefined) return { error };
  return crashed !== undefined ? { crashed } : result;
}
