/** Child process: holds more and more sessions, and inspects its own heap. */
import { getHeapSpaceStatistics, getHeapStatistics, writeHeapSnapshot } from 'node:v8';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../channel.mjs';

/** ms for the after-effects of a join to end: timers, close frames, the first reports. */
const SETTLE = 1_500;
const { join } = await import(`../senders/${process.argv[2]}.mjs`);
const sessions = [];

const frame = Buffer.alloc(160, 0x5a);
frame[0] = 0xfc;

function* endless() {
  for (;;) yield frame;
}

/** The parts of RSS, in bytes: V8's heap, and everything else, such as OpenSSL's memory. */
function parts() {
  const rss = process.memoryUsage.rss();
  const heap = getHeapStatistics().total_physical_size;
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').physical_space_size;
  return { rss, old: heap - young, young, outside: rss - heap };
}

answer({
  grow: async ({ admissions, mode, play, settle = SETTLE }) => {
    const joined = await join(admissions, { mode, dave: false });
    if (play) for (const session of joined) session.play(endless()).catch(() => undefined);
    sessions.push(...joined);
    await sleep(settle);
  },
  weigh: () => {
    const standing = parts();
    gc();
    gc();
    const { rss: collected, heapUsed: live } = process.memoryUsage();
    return { ...standing, collected, live };
  },
  snapshot: ({ file }) => {
    gc();
    gc();
    const { heapUsed: heap, external, rss } = process.memoryUsage();
    writeHeapSnapshot(file);
    return { heap, external, rss };
  },
});
