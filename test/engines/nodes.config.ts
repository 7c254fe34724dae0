/**
 * The suites of sessions on real sockets, with every session on a node, over a real nats-server: `npm run test:engines:nodes`. A suite is listed by name once it
 * passes. Left out are the suites that `threads.config.ts` leaves out, for the reasons given there, and single tests:
 *
 * - of `rehearsal` the example that ends in a kick: the close of the voice server reaches the node before the message of the bot's gateway, which comes over
 *   NATS, so there is a `reconnecting` in between
 * - of `news` two that ask for figures between two frames: the answer is one frame later
 */
import { defineConfig } from 'vitest/config';
import { here, withEngine } from './config.js';

const SUITES = ['accounting', 'call', 'dave', 'dave-downgrade', 'dave-storm', 'demo', 'every-mode', 'hearing', 'news', 'recording', 'server/rehearsal'];
const WITHOUT = [
  'joins by wss',
  'shows the stages',
  'of a network that loses every fifth packet',
  'rehearse a bot',
  'packets in the clear, of a client in an encrypted call',
];

export default defineConfig(
  withEngine('through-nodes.ts', 'nodes', {
    maxWorkers: 2,
    setupFiles: here('../support/process-time.mjs'),
    globalSetup: here('nodes-setup.mjs'),
    include: SUITES.map((suite) => `test/loopback/${suite}.test.ts`),
    testNamePattern: new RegExp(`^(?!.*(${WITHOUT.join('|')}))`),
  }),
);
