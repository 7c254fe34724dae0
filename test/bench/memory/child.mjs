/** Child process: holds more and more sessions, and looks at its own heap. */
import { writeHeapSnapshot } from 'node:v8';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../channel.mjs';

/** ms for what a join leaves behind to be over: timers, close frames, the first reports. */
const SETTLE = 1_500;
const { join } = await import(`../senders/${process.argv[2]}.mjs`);
const sessions = [];

const frame = Buffer.alloc(160, 0x5a);
frame[0] = 0xfc;

function* endless() {
  for (;;) yield frame;
}

answer({
  grow: async ({ admissions, mode, play, settle = SETTLE }) => {
    const joined = await join(admissions, { mode, dave: false });
    if (play) for (const session of joined) session.play(endless()).catch(() => undefined);
    sessions.push(...joined);
    await sleep(settle);
  },
  weigh: () => {
    const rss = process.memoryUsage.rss();
    gc();
    gc();
    return { rss, collected: process.memoryUsage.rss() };
  },
  snapshot: ({ file }) => {
    gc();
    gc();
    const { heapUsed: heap, external, rss } = process.memoryUsage();
    writeHeapSnapshot(file);
    return { heap, external, rss };
  },
});
