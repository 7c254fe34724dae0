/**
 * The suites of whole flows, with an engine in between: `npm run test:engines`. Three are left out: `from-parts` has no session, and `engine-lost`
 * and `engine-moved` have engines of their own.
 */
import { defineConfig } from 'vitest/config';
import { withEngine } from './config.js';

export default defineConfig(
  withEngine('through-the-wire.ts', 'wire', { maxWorkers: 2, include: ['test/{marbles,loopback}/**/*.test.ts'], exclude: ['**/from-parts.test.ts', '**/engine-*.test.ts'] }),
);
