/** Child process: the members of a call who only are there. Sessions of rxvoice to which nobody listens, the cheapest there are. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';
import { join } from './listeners/rxvoice.mjs';

/** So many join at once: it is not the joining that is measured. */
const AT_ONCE = 20;

let sessions = [];

answer({
  join: async ({ admissions, mode }) => {
    for (let from = 0; from < admissions.length; from += AT_ONCE)
      sessions.push(...(await Promise.all(admissions.slice(from, from + AT_ONCE).map((admission) => join(admission, { mode, dave: false })))));
  },
  /** How many datagrams of audio came to all of them. */
  leave: async () => {
    await sleep(200);
    const counts = await Promise.all(sessions.map((session) => session.unheard()));
    for (const session of sessions) session.leave();
    sessions = [];
    await sleep(200);
    return { heard: counts.reduce((sum, count) => sum + count, 0) };
  },
});
