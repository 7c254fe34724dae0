/** Child process: the voice server that both senders play to. */
import { Arrivals } from './arrivals.mjs';
import { answer } from './channel.mjs';
import { load } from './library.mjs';

let server;
let arrivals = new Arrivals();
let admitted = 0;

answer(
  {
    /** `dave`: whether every call is end-to-end encrypted, or none. */
    start: async ({ tls, dave }) => {
      const { startVoiceServer } = await load('server/index.js');
      const modes = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'];
      server = await startVoiceServer({ tls, modes, daveVersion: dave ? 1 : 0 });
      server.packets$.subscribe((packet) => arrivals.add(packet));
    },
    /** `count` users, each in a guild of its own, and for each a `listener` that may join the same channel. */
    admit: ({ count }) =>
      Array.from({ length: count }, () => {
        const id = ++admitted;
        const ids = { guildId: String(1_000_000 + id), channelId: String(2_000_000 + id) };
        const sender = admit({ ...ids, userId: String(3_000_000 + id) });
        return { ...sender, listener: admit({ ...ids, userId: String(4_000_000 + id) }) };
      }),
    /** What came since the last report. */
    report: () => {
      const report = arrivals.report();
      arrivals = new Arrivals();
      return { ...report, undecryptable: server.counters.undecryptable };
    },
  },
  () => server?.close(),
);

function admit(ids) {
  return { ids, ...server.admit(ids) };
}
