/** Whether `dist` is what a build of `src` would write now. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOfSources, RECORD } from '../../tools/built-from.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const SRC = join(ROOT, 'src');
export const DIST = join(ROOT, 'dist');

const namesIn = (folder: string, ending: RegExp): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => ending.test(name));

/** Whether `dist` is complete, and was built from exactly the current sources. */
export function isFreshBuild(): boolean {
  if (!existsSync(RECORD) || readFileSync(RECORD, 'utf8') !== hashOfSources()) return false;
  const due = namesIn(SRC, /(?<!\.d)\.c?ts$/).map((name) => name.replace(/ts$/, 'js'));
  return due.sort().join() === namesIn(DIST, /\.c?js$/).sort().join();
}
