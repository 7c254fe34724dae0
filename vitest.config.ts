import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // package.json points into dist/, which need not be built for the tests of src/.
  resolve: { alias: { '#here': fileURLToPath(new URL('src/runtime/here.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    // Two cores, real sockets in some files: more workers only make the paced tests late.
    maxWorkers: 2,
    // No measure of speed: what hangs is to fail, and a machine with much else to do is not to.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
