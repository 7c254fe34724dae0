/**
 * `npm run format`: formats only the TypeScript files that differ from `main`; `npm run format -- --check` lists those that are not formatted.
 * A file that was not formatted before the change is left alone: some older lines are deliberately longer than the formatter allows, and
 * reformatting them would hide the change.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, format, resolveConfig } from 'prettier';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const lines = (text) => text.split('\n').filter((line) => line !== '');

const args = process.argv.slice(2);
const since = git('merge-base', args.find((arg) => !arg.startsWith('-')) ?? 'main', 'HEAD').trim();

/** The file before the change; undefined if it did not exist. */
function before(file) {
  try {
    return git('show', `${since}:${file}`);
  } catch {
    return undefined;
  }
}

const changed = [...lines(git('diff', '--name-only', since)), ...lines(git('ls-files', '--others', '--exclude-standard'))];
for (const file of changed.filter((name) => /\.[cm]?ts$/.test(name) && existsSync(join(ROOT, name)))) {
  const path = join(ROOT, file);
  const options = { ...(await resolveConfig(path)), filepath: path };
  const [old, text] = [before(file), readFileSync(path, 'utf8')];
  if ((old !== undefined && !(await check(old, options))) || (await check(text, options))) continue;
  console.log(file);
  if (args.includes('--check')) process.exitCode = 1;
  else writeFileSync(path, await format(text, options));
}
