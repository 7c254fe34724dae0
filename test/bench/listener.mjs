/** Child process: the second member that each end-to-end encrypted call needs. It joins, but plays and receives nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';
import { join } from './senders/rxvoice.mjs';

/** Fixed, whatever mode the senders use, so that the load beside each of them is the same. */
const MODE = 'aead_xchacha20_poly1305_rtpsize';
let sessions = [];

answer({
  join: async ({ admissions }) => {
    sessions = await join(admissions, { mode: MODE, dave: true });
  },
  leave: async () => {
    for (const session of sessions) session.leave();
    // Time for the close frames to be sent.
    await sleep(200);
  },
});
