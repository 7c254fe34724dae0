/** Child process: the passive members of a call. They are rxvoice sessions without a listener, the cheapest possible. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';
import { join } from './listeners/rxvoice.mjs';

/** Number of concurrent joins; joining is not measured. */
const AT_ONCE = 20;

let sessions = [];

answer({
  join: async ({ admissions, mode }) => {
    for (let from = 0; from < admissions.length; from += AT_ONCE)
      sessions.push(...(await Promise.all(admissions.slice(from, from + AT_ONCE).map((admission) => join(admission, { mode, dave: false })))));
  },
  /** Returns how many audio datagrams reached all of them together. */
  leave: async () => {
    await sleep(200);
    const counts = await Promise.all(sessions.map((session) => session.unheard()));
    for (const session of sessions) session.leave();
    sessions = [];
    await sleep(200);
    return { heard: counts.reduce((sum, count) => sum + count, 0) };
  },
});
