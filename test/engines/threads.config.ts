/**
 * The suites of sessions on real sockets, with every session in a thread: `npm run test:threads`. A suite is in by name, once it holds. Out are those
 * whose sessions have code of their own in the options: `discord/`, `chaos` and the TLS of `call` (transports), one of `news` (interceptors); those
 * without a session here; and `workers`, which has an engine. Of `demo` one: the codes of both members are shown as the song starts, and what two
 * threads tell is in no order.
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
