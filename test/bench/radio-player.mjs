/** Child process: joins sessions, and plays one broadcast to all of them, or a separate source to each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Subject } from 'rxjs';
import { answer } from './channel.mjs';
import { load } from './library.mjs';
import { join } from './senders/rxvoice.mjs';

const { broadcast, repeated, source } = await load('audio/index.js');
/** Seconds played before the measurement. */
const WARM_UP = 1;
let sessions;

answer({
  join: async ({ admissions, mode }) => {
    sessions = await join(admissions, { mode, dave: false });
  },
  /** Plays a file for `seconds`; returns the µs of CPU and the frames sent in that time. */
  play: async ({ path, shared, seconds }) => {
    let sent = 0;
    const stop$ = new Subject();
    const one = () => repeated()(source(path));
    const radio = shared ? broadcast(one()) : undefined;
    const done = Promise.all(sessions.map((session) => session.playUntil(radio ?? one(), stop$, ({ type }) => type === 'sent' && sent++)));
    await sleep(WARM_UP * 1_000);
    const [sentBefore, before, start] = [sent, process.cpuUsage(), performance.now()];
    await sleep(seconds * 1_000);
    const { user, system } = process.cpuUsage(before);
    const result = { cpu: user + system, ms: performance.now() - start, frames: sent - sentBefore, missed: radio?.counts.missed ?? 0 };
    stop$.next();
    await done;
    return result;
  },
  leave: async () => {
    for (const session of sessions) session.leave();
    await sleep(200);
  },
});
