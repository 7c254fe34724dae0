/** Child process: the second member that each end-to-end encrypted call needs. It joins, and plays and takes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';
import { join } from './senders/rxvoice.mjs';

/** Whatever the senders use: the same work for the machine beside each of them. */
const MODE = 'aead_xchacha20_poly1305_rtpsize';
let sessions = [];

answer({
  join: async ({ admissions }) => {
    sessions = await join(admissions, { mode: MODE, dave: true });
  },
  leave: async () => {
    for (const session of sessions) session.leave();
    // Time for the close frames to go.
    await sleep(200);
  },
});
