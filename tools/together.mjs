/**
 * `node tools/together.mjs check lint build`: runs independent npm scripts in parallel, because a compiler uses only one core. The output of each
 * is printed in one piece when it has ended; if one fails, all fail.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const npm = process.env.npm_execpath;
const command = npm === undefined ? ['npm'] : [process.execPath, npm];

async function run(script) {
  const [file, ...args] = [...command, 'run', script];
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: npm === undefined && process.platform === 'win32' });
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  process.stdout.write(out);
  process.stderr.write(err);
  return status === 0;
}

const passed = await Promise.all(process.argv.slice(2).map(run));
if (!passed.every(Boolean)) process.exitCode = 1;
