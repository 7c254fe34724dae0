/**
 * Runs before the compiler in `npm run build`: writes into `dist` one hash of everything that the build depends on. Tests import the built files
 * if the hash matches the current sources (`vitest.config.ts`). File times would not work: a copied folder has new times, whatever is in it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const RECORD = join(ROOT, 'dist/.built-from');

/** The hash of the sources and of how they are compiled. */
export function hashOfSources() {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true }).filter((name) => /\.(c?ts|opus)$/.test(name));
  const all = [...sources.sort().map((name) => join('src', name)), 'tsconfig.json', 'node_modules/typescript/package.json'];
  const hash = createHash('sha256');
  for (const name of all) hash.update(`${name}\0`).update(readFileSync(join(ROOT, name))).update('\0');
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  writeFileSync(RECORD, hashOfSources());
}
