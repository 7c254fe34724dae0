/** Child process: all speakers of one channel. They use rxvoice with XChaCha20, the cheapest choice, whoever listens. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';
import { join } from './senders/rxvoice.mjs';

const MODE = 'aead_xchacha20_poly1305_rtpsize';
const FRAME_MS = 20;
/** A 20 ms packet of CELT, fullband, stereo, and its filler. */
const frame = Buffer.alloc(160, 0x5a);
frame[0] = 0xfc;
let sessions = [];

function* source(count) {
  for (let i = 0; i < count; i++) yield frame;
}

answer({
  /** With `dave`, returns the privacy code of the group of `members`, once all of them are in it. */
  join: async ({ admissions, dave, members }) => {
    sessions = await join(admissions, { mode: MODE, dave });
    if (!dave) return undefined;
    const [code] = await Promise.all(sessions.map((session) => session.agreed(members)));
    return code;
  },
  /** Each speaker plays `count` frames; their starts are spread over the length of a frame. */
  play: async ({ count }) => {
    await Promise.all(
      sessions.map(async (session, i) => {
        await sleep((i * FRAME_MS) / sessions.length);
        await session.play(source(count));
      }),
    );
  },
  leave: async () => {
    for (const session of sessions) session.leave();
    sessions = [];
    await sleep(200);
  },
});
