/**
 * The suites of whole flows, with an engine in between: `npm run test:engines`. Left out are `from-parts`, which has no session, and the suites
 * `engine-*`, which have engines of their own.
 */
import { defineConfig } from 'vitest/config';
import { withEngine } from './config.js';

export default defineConfig(
  withEngine('through-the-wire.ts', 'wire', { maxWorkers: 2, include: ['test/{marbles,loopback}/**/*.test.ts'], exclude: ['**/from-parts.test.ts', '**/engine-*.test.ts'] }),
);
