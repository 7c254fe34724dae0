/**
 * `node tools/together.mjs check lint build`: npm scripts that need nothing of each other, side by side: a compiler has use for one core only. What
 * each has to say comes in one piece, when it has ended; one that fails fails all.
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
