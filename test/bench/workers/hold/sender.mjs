/** Child process: sessions of one kind of sender, which join and then play endlessly. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../../channel.mjs';
import { spentSince, threadTimes } from '../../thread-times.mjs';
import { watchLoops } from './loop.mjs';

const [, , kind, threads] = process.argv;
const senders = await (kind === 'bare' ? import('./bare.mjs') : import('./sessions.mjs')).then(({ create }) => create(Number(threads)));
const loops = watchLoops(Number(threads));
/** Users do not all start a play at once: plays begin in so many groups, so many ms apart. The interval is not a divisor of a frame. */
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
  /** Since `begin`: µs of CPU of all threads together and of each, the results of each event loop, and the number of plays that have failed. */
  end: async () => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const spent = spentSince(before);
    return { cpu: user + system, spent: spent.slice(0, 4), loops: await loops.end(), failed, rss: process.memoryUsage.rss() };
  },
});
