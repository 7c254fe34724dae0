/**
 * The suites of sessions on real sockets, with every session in a thread: `npm run test:threads`. A suite is listed by name once it passes. Left out
 * are those whose sessions have code of their own in the options: `discord/`, `chaos` and the TLS of `call` (transports), one test of `news`
 * (interceptors); those without a session here; and `workers`, which has its own engine. One test of `demo` is left out: it shows the codes of both
 * members as the song starts, and messages of two threads arrive in no fixed order.
 */
import { defineConfig } from 'vitest/config';
import { here, withEngine } from './config.js';

const SUITES = ['accounting', 'call', 'dave', 'dave-downgrade', 'dave-storm', 'demo', 'every-mode', 'hearing', 'news', 'recording', 'server/rehearsal'];

export default defineConfig(
  withEngine('through-threads.ts', 'threads', {
    maxWorkers: 2,
    setupFiles: here('../support/process-time.mjs'),
    include: SUITES.map((suite) => `test/loopback/${suite}.test.ts`),
    testNamePattern: /^(?!.*(joins by wss|shows the stages|of a network that loses every fifth packet))/,
  }),
);
