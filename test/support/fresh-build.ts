/** Whether `dist` is what a build of `src` would write now. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const SRC = join(ROOT, 'src');
export const DIST = join(ROOT, 'dist');
/** What else a build depends on. */
const BESIDE = ['tsconfig.json', 'package-lock.json', 'node_modules/typescript/package.json'].map((file) => join(ROOT, file));

const namesIn = (folder: string, ending: RegExp): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => ending.test(name)) : [];
const changed = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? NaN;

/** Whether it has been built from the files that are there now, none of which has been written since, and from no others. */
export function isFreshBuild(): boolean {
  const sources = namesIn(SRC, /\.c?ts$/);
  const due = sources.filter((name) => !/\.d\.c?ts$/.test(name)).map((name) => name.replace(/ts$/, 'js'));
  const built = namesIn(DIST, /\.c?js$/);
  if (due.length === 0 || due.sort().join() !== built.sort().join()) return false;
  const newest = Math.max(...[...sources.map((name) => join(SRC, name)), ...BESIDE].map(changed));
  const oldest = Math.min(...built.map((name) => changed(join(DIST, name))));
  return newest < oldest;
}
