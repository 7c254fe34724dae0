/** `npm run test:runners`: the test kit of the package, packed and installed, under the test runners that people use. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from '../../dist/cli/terminal/table.js';
import { withResults } from './page.mjs';
import { RUNNERS } from './runner-ways.mjs';
import { gist, Unavailable, Workbench } from './workbench.mjs';

const USAGE = `usage: npm run test:runners -- [options]
  --write   puts the table into docs/testing.md, too
`;
const PAGE = fileURLToPath(new URL('../../docs/testing.md', import.meta.url));
/** How each runner reports that the three tests of the bot have passed. */
const PASSED = /Tests:? +3 passed|\bpass 3\b|\b3 passing\b/;
/** What the output must contain when a test fails, in every runner. */
const DRAWN = [/c = 'frame 2' came at 100 ms, and was not expected/, /time +60 +80 +100 +ms/, /expected +a-+b-+/, /actual +a-+b-+c-+/];

async function main({ write }) {
  const bench = new Workbench();
  process.once('SIGINT', () => void bench.close().finally(() => process.exit(130)));
  const rows = [];
  try {
    await bench.open();
    for (const way of RUNNERS) {
      rows.push(await tryOut(bench, way));
      console.error(`${rows.length} of ${RUNNERS.length}`);
    }
  } finally {
    await bench.close();
  }
  const cells = rows.map(({ runtime, how, result, reason }) => [runtime, how, result, reason]);
  for (const line of table(cells, { head: ['runner', 'how', 'result', 'reason'] })) console.log(line.trimEnd());
  if (write) await writeFile(PAGE, withResults(await readFile(PAGE, 'utf8'), rows, 'test:runners'));
  return rows.every(({ result }) => result !== 'fails');
}

/** Runs the tests once as they are, and once with a failing test, whose timelines the runner must print. */
async function tryOut(bench, { runtime, how, prepare }) {
  let name = `${runtime.title} ${runtime.range ?? ''}`.trim();
  const row = (result, reason = '') => ({ runtime: name, how, result, reason });
  try {
    const opened = await runtime.open(bench);
    const { runner, command, args, cwd, env } = await prepare(bench, opened);
    name = runner.includes('Node') ? runner : `${runner} on Node ${opened.version}`;
    const sound = await bench.run(command, args, { cwd, env });
    if (sound.status !== 0 || !PASSED.test(sound.output)) return row('fails', gist(sound.output));
    const failing = await bench.run(command, args, { cwd, env: { ...env, RXVOICE_FAIL: '1' } });
    if (failing.status === 0) return row('fails', 'a test that must fail passes');
    const missing = DRAWN.find((line) => !line.test(failing.output));
    return missing === undefined ? row('works') : row('fails', `does not print ${missing.source}`);
  } catch (error) {
    return error instanceof Unavailable ? row('not checked', error.message) : row('fails', gist(error.message));
  }
}

try {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) console.log(USAGE);
  else if (!(await main(values))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof TypeError ? `${error.message}\n${USAGE}` : error);
  process.exitCode = 1;
}
