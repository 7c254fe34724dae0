/** Child process: sessions of one kind of sender, which join and then play without end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../../channel.mjs';
import { spentSince, threadTimes } from '../../thread-times.mjs';
import { watchLoops } from './loop.mjs';

const [, , kind, threads] = process.argv;
const senders = await (kind === 'bare' ? import('./bare.mjs') : import('./sessions.mjs')).then(({ create }) => create(Number(threads)));
const loops = watchLoops(Number(threads));
/** ms over which plays begin: people do not press a key all at once. */
const SPREAD = 1_000;

let before;
let cpuBefore;
let failed = 0;

answer({
  join: ({ admissions }) => senders.join(admissions),
  play: async () => {
    const plays = senders.plays();
    const PIECES = 50;
    for (let piece = 0; piece < PIECES; piece += 1) {
      for (let i = piece; i < plays.length; i += PIECES) plays[i]().catch(() => (failed += 1));
      await sleep(SPREAD / PIECES);
    }
  },
  begin: () => {
    before = threadTimes();
    cpuBefore = process.cpuUsage();
    loops.begin();
  },
  /** µs of CPU since, of all threads and of each; what each loop says of itself; and plays that have ended. */
  end: async () => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const spent = spentSince(before);
    return { cpu: user + system, spent: spent.slice(0, 4), loops: await loops.end(), failed, rss: process.memoryUsage.rss() };
  },
});
