/** Child process: sessions of one kind of sender, which join and then play without end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../../channel.mjs';
import { spentSince, threadTimes } from '../../thread-times.mjs';
import { watchLoops } from './loop.mjs';

const [, , kind, threads] = process.argv;
const senders = await (kind === 'bare' ? import('./bare.mjs') : import('./sessions.mjs')).then(({ create }) => create(Number(threads)));
const loops = watchLoops(Number(threads));
/** People do not press a key all at once: plays begin in so many groups, so many ms apart, which is no part of a frame. */
const GROUPS = 43;
const APART = 23;

let before;
let cpuBefore;
let failed = 0;

answer({
  join: ({ admissions }) => senders.join(admissions),
  play: async () => {
    const plays = senders.plays();
    for (let group = 0; group < GROUPS; group += 1) {
      for (let i = group; i < plays.length; i += GROUPS) plays[i]().catch(() => (failed += 1));
      await sleep(APART);
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
