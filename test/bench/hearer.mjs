/** Child process: one member who listens to all others. Its CPU time is that of the library under test. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';

const { join } = await import(`./listeners/${process.argv[2]}.mjs`);
let session;
/** Speech frames heard so far. Silence frames are shorter. */
let heard = 0;
const SILENCE_BYTES = 3;
/** Without a listener, to measure the cost of reading the socket alone. */
let deaf = false;

const passed = () => (deaf ? session.unheard() : heard);

answer({
  join: async ({ admission, mode, dave }) => {
    session = await join(admission, { mode, dave });
  },
  agree: ({ code }) => session.agree(code).then(() => undefined),
  deafen: () => {
    deaf = true;
    session.deafen();
  },
  hear: ({ users }) => session.hear(users, (frame) => void (heard += frame.length > SILENCE_BYTES ? 1 : 0)),
  /** CPU time for each frame heard or ignored, over `seconds`, starting in `wait` seconds. */
  measure: async ({ wait, seconds }) => {
    await sleep(wait * 1_000);
    const [passedBefore, before] = [await passed(), process.cpuUsage()];
    await sleep(seconds * 1_000);
    const { user, system } = process.cpuUsage(before);
    return { cpuPerPacket: (user + system) / ((await passed()) - passedBefore) };
  },
  heard: () => passed(),
  leave: async () => {
    session.leave();
    // Time for the close frame to be sent.
    await sleep(200);
  },
});
