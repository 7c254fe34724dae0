import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

/** Tests in virtual time, and of functions and classes by themselves: nothing of theirs outlives a test. What loads lazily is elsewhere. */
const PURE = ['test/marbles/**/*.test.ts', 'test/unit/{adapters,driver,frames,gateway,media,net,protocol,server,testing,audio,checks,cli,nodes}/**/*.test.ts'];

export default defineConfig({
  // package.json points into dist/, which need not be built for the tests of src/.
  resolve: { alias: { '#here': fileURLToPath(new URL('src/runtime/here.ts', import.meta.url)) } },
  test: {
    // Two cores, real sockets in some files: more workers only make the paced tests late.
    maxWorkers: 2,
    // No measure of speed: what hangs is to fail, and a machine with much else to do is not to.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // Half of their time would go into loading the same modules anew for each file.
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'real', include: ['test/**/*.test.ts'], exclude: [...configDefaults.exclude, ...PURE] } },
    ],
  },
});
