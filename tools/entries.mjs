/** The entries of the package, from its `exports`: the import name of each, and its source file. */
import { readFileSync } from 'node:fs';

const { name: own, exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

export const ENTRIES = Object.entries(exports)
  .filter(([, { types }]) => types !== undefined)
  .map(([path, { types }]) => ({ name: `${own}${path.slice(1)}`, source: types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts') }));
