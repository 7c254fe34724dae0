/** The entries of the package, by its `exports`: the name by which each is imported, and the source that it is made of. */
import { readFileSync } from 'node:fs';

const { name: own, exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

export const ENTRIES = Object.entries(exports)
  .filter(([, { types }]) => types !== undefined)
  .map(([path, { types }]) => ({ name: `${own}${path.slice(1)}`, source: types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts') }));
