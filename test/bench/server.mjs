/** Child process: the voice server between senders and listeners. */
import { Arrivals } from './arrivals.mjs';
import { answer } from './channel.mjs';
import { load } from './library.mjs';

const MODES = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'];
let server;
let arrivals = new Arrivals();
let admitted = 0;

answer(
  {
    /** `dave`: whether all calls are end-to-end encrypted, or none. `modes`: offered in this order. */
    start: async ({ tls, dave, modes = MODES }) => {
      const { startVoiceServer } = await load('server/index.js');
      server = await startVoiceServer({ tls, modes, daveVersion: dave ? 1 : 0 });
      server.packets$.subscribe((packet) => arrivals.add(packet));
    },
    /** `count` users, each in a separate guild, each with a `listener` that may join the same channel. */
    admit: ({ count }) =>
      Array.from({ length: count }, () => {
        const id = ++admitted;
        const ids = { guildId: String(1_000_000 + id), channelId: String(2_000_000 + id) };
        const sender = admit({ ...ids, userId: String(3_000_000 + id) });
        return { ...sender, listener: admit({ ...ids, userId: String(4_000_000 + id) }) };
      }),
    /** One channel for `count` speakers and one listener; only the listener is sent anything. */
    gather: ({ count }) => {
      const id = ++admitted;
      const ids = { guildId: String(1_000_000 + id), channelId: String(2_000_000 + id) };
      const listener = String(4_000_000 + id);
      server.faults.datagrams(({ receiverId }) => (receiverId === null || receiverId === listener ? 'pass' : 'drop'));
      const speakers = Array.from({ length: count }, () => String(5_000_000 + ++admitted));
      return {
        admission: admit({ ...ids, userId: listener }),
        admissions: speakers.map((userId) => admit({ ...ids, userId })),
      };
    },
    /** One channel with `count` members. */
    assemble: ({ count }) => {
      const id = ++admitted;
      const ids = { guildId: String(1_000_000 + id), channelId: String(2_000_000 + id) };
      return Array.from({ length: count }, () => admit({ ...ids, userId: String(6_000_000 + ++admitted) }));
    },
    /** µs of CPU of this process, and copies of audio sent, since the start. */
    meter: () => {
      const { user, system } = process.cpuUsage();
      return { cpu: user + system, copies: server.counters.forwarded };
    },
    /** The arrivals since the last report. */
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
