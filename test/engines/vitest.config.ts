/**
 * The suites of whole flows, with an engine in between: `npm run test:engines`. Four are left out: `from-parts` has no session, and `secrets`
 * tells far sides of secrets that they have never seen, which only one thread can. `engine-lost` and `engine-moved` have engines of their own.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const WIRED = here('through-the-wire.ts');
const INSTEAD_OF = ['../../src/connect.ts', '../../src/drive-voice.ts'].map(here);

export default defineConfig({
  root: here('../..'),
  resolve: { alias: { '#here': here('../../src/runtime/here.ts') } },
  plugins: [
    {
      name: 'through-the-wire',
      enforce: 'pre',
      async resolveId(source, importer) {
        if (importer === undefined || importer === WIRED) return null;
        const found = await this.resolve(source, importer, { skipSelf: true });
        return found !== null && INSTEAD_OF.includes(found.id) ? WIRED : null;
      },
    },
  ],
  test: { env: { RXVOICE_ENGINE: 'wire' }, maxWorkers: 2, testTimeout: 60_000, hookTimeout: 60_000, include: ['test/{marbles,loopback}/**/*.test.ts'], exclude: ['**/from-parts.test.ts', '**/secrets.test.ts', '**/engine-*.test.ts'] },
});
