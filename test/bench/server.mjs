/** Child process: the voice server that both senders play to. */
import { Arrivals } from './arrivals.mjs';
import { answer } from './channel.mjs';
import { load } from './library.mjs';

let server;
let arrivals = new Arrivals();
let admitted = 0;

answer(
  {
    start: async ({ tls }) => {
      const { startVoiceServer } = await load('server/index.js');
      const modes = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'];
      server = await startVoiceServer({ tls, modes });
      server.packets$.subscribe((packet) => arrivals.add(packet));
    },
    /** `count` users, each alone in a guild of its own: nothing is forwarded. */
    admit: ({ count }) =>
      Array.from({ length: count }, () => {
        const id = ++admitted;
        const ids = { guildId: String(1_000_000 + id), channelId: String(2_000_000 + id), userId: String(3_000_000 + id) };
        return { ids, ...server.admit(ids) };
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
