/** `npm run test:packaging`: the package, packed and installed, in the runtimes, bundlers and test runners that people use. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from '../../dist/cli/terminal/table.js';
import { Progress } from '../bench/progress.mjs';
import { GATES } from './gates.mjs';
import { withResults } from './page.mjs';
import { WAYS } from './ways.mjs';
import { gist, Unavailable, Workbench } from './workbench.mjs';

const USAGE = `usage: npm run test:packaging -- [options]
  --only TEXT   those alone whose runtime, way or tool has this in its name
  --write       puts the table into docs/bundlers.md, too
`;
/** Half of the time is spent waiting for packages, the other half playing frames. */
const AT_ONCE = 2;
const PAGE = fileURLToPath(new URL('../../docs/bundlers.md', import.meta.url));

async function main({ only, write }) {
  const bench = new Workbench();
  const progress = new Progress();
  // Cleans up on interruption as at the normal end.
  const leave = (status) => void bench.close().finally(() => process.exit(status));
  process.once('SIGINT', () => leave(130));
  process.once('SIGTERM', () => leave(143));
  const ways = WAYS.filter((way) => only === undefined || nameOf(way).toLowerCase().includes(only.toLowerCase()));
  const gates = GATES.filter(({ title }) => only === undefined || title.includes(only.toLowerCase()));
  const [rows, verdicts] = [[], []];
  const queue = [...ways.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [i, way] = next;
      progress.say(`${i + 1} of ${ways.length}: ${nameOf(way)}`);
      rows[i] = await tryOut(bench, way);
    }
  };
  try {
    progress.say('packing');
    await bench.open();
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    for (const gate of gates) {
      progress.say(gate.title);
      verdicts.push(await passGate(bench, gate));
    }
  } finally {
    progress.done();
    await bench.close();
  }
  const cells = rows.map(({ runtime, how, result, reason }) => [runtime, how.replaceAll('`', ''), result, reason]);
  if (cells.length > 0) for (const line of table(cells, { head: ['runtime', 'how', 'result', 'reason'] })) console.log(line.trimEnd());
  for (const { title, result, reason } of verdicts) console.log(`${title}: ${result}${reason === '' ? '' : `\n${reason}`}`);
  if (write) await writeFile(PAGE, withResults(await readFile(PAGE, 'utf8'), rows));
  const all = [...rows, ...verdicts];
  return all.some(({ result }) => result === 'works') && all.every(({ result }) => result !== 'fails');
}

const nameOf = ({ runtime: { title, major }, how }) => `${title}${major === undefined ? '' : ` ${major}`}, ${how.replaceAll('`', '')}`;

/** Makes one row. Something that cannot be installed is no fault of the package; every other failure is. */
async function tryOut(bench, { runtime, how, prepare }) {
  let name = `${runtime.title} ${runtime.range ?? ''}`.trim();
  const row = (result, reason = '') => ({ runtime: name, how, result, reason });
  try {
    const opened = await runtime.open(bench);
    name = `${runtime.title} ${opened.version}`;
    const { command, args, cwd, env, silent } = await prepare(bench, opened);
    const { status, output } = await bench.run(command, args, { cwd, env });
    // A script prints its count; a test runner reports in its own format that one test ran and passed; a compiler prints nothing.
    const passed = status === 0 && (silent ? output.trim() === '' : /heard 60 of 60|Tests:? +1 passed/.test(output));
    return passed ? row('works') : row('fails', gist(output));
  } catch (error) {
    return error instanceof Unavailable ? row('not checked', error.message) : row('fails', gist(error.message));
  }
}

/** The full output of a tool on the package, because it is longer than a line. */
async function passGate(bench, { title, check }) {
  const verdict = (result, reason = '') => ({ title, result, reason });
  try {
    const wrong = await check(bench);
    return wrong === '' ? verdict('works') : verdict('fails', wrong);
  } catch (error) {
    return error instanceof Unavailable ? verdict('not checked', error.message) : verdict('fails', gist(error.message));
  }
}

try {
  const { values } = parseArgs({ options: { only: { type: 'string' }, write: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) console.log(USAGE);
  else if (!(await main(values))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof TypeError ? `${error.message}\n${USAGE}` : error);
  process.exitCode = 1;
}
