/**
 * Runs after the compiler in `npm run build`: removes the declarations that no entry of the package reaches. More than half of the files
 * belong to internals, which nobody can import; they would be a third of the types in an installation.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Follows the imports of a declaration file, recursively. */
function reach(file, seen) {
  if (seen.has(file)) return;
  seen.add(file);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)) {
    reach(join(dirname(file), name.replace(/\.js$/, '.d.ts')), seen);
  }
}

const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const reached = new Set();
for (const { types } of Object.values(exports)) if (types !== undefined) reach(join(ROOT, types), reached);

const dist = join(ROOT, 'dist');
for (const name of readdirSync(dist, { recursive: true })) {
  const file = join(dist, name);
  if (/\.d\.[cm]?ts$/.test(name) && !reached.has(file)) rmSync(file);
}
