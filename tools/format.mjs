/**
 * `npm run format`: lays out the TypeScript files that differ from `main`, and no others. `npm run format -- --check` says which are not
 * laid out so. The whole tree is not: some older lines are longer or shorter than the formatter would have them, and better so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const git = (...args) =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');

const args = process.argv.slice(2);
const base = args.find((arg) => !arg.startsWith('-')) ?? 'main';
const since = git('merge-base', base, 'HEAD')[0];
const files = [...git('diff', '--name-only', since), ...git('ls-files', '--others', '--exclude-standard')].filter(
  (file) => /\.[cm]?ts$/.test(file) && existsSync(new URL(`../${file}`, import.meta.url)),
);
if (files.length > 0) {
  const prettier = createRequire(import.meta.url).resolve('prettier/bin/prettier.cjs');
  const { status } = spawnSync(process.execPath, [prettier, args.includes('--check') ? '--check' : '--write', ...files], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
