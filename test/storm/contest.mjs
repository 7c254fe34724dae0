/**
 * One new session of one library, one fault, and what a listener at the server notices. Runs in a forked process, which receives
 * `{ client, kind }` and sends one result.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from '../bench/library.mjs';
import { FAULTS, REFUSED_FOR_GOOD } from './faults.mjs';
import { occurred } from './occurred.mjs';
import { Dice } from './random.mjs';
import { tappedGateway } from './tapped-gateway.mjs';

const GUILD = '1000';
const CHANNELS = ['2001', '2002'];
const USER = '3001';
/** ms. Discord's is 13 750; the shorter interval makes clients notice a dead socket faster. */
const HEARTBEAT = 2_500;
/** ms after the fault before anything is judged, so that late effects are seen too; longer for faults that must be noticed first. */
const WATCH = 3_000;
const WATCH_SLOW = 12_000;
/** ms within which audio must flow again. */
const PATIENCE = 15_000;
/**
 * Undocumented behaviour of Discord: whether an op 4 for the bot's current channel, and a crash, cause a VOICE_SERVER_UPDATE. Set
 * explicitly, so that the table does not depend on the server's defaults.
 */
const UNKIND = { sameChannel: 'voice-state-update', afterCrash: 'nothing' };
const KIND = { sameChannel: 'voice-server-update', afterCrash: 'voice-server-update' };
/** The song counts as flowing when this many frames came in the last second. */
const FLOW = 40;
/** Frames in the song, more than any run needs. */
const SONG = 4_000;
const FRAME_MS = 20;

/** The arrivals of the audio, frame by frame. */
class Arrivals {
  times = [];
  indexes = [];

  add({ payload }) {
    if (payload.length !== 4) return;
    this.times.push(performance.now());
    this.indexes.push((payload[1] << 8) | payload[2]);
  }

  get flowing() {
    const since = performance.now() - 1_000;
    return this.times.length >= FLOW && this.times.at(-FLOW) > since;
  }

  /** The longest pause after `at`, from the frame before the pause to the frame after it, or until now if it has not ended. */
  silence(at) {
    let longest = performance.now() - (this.times.at(-1) ?? at);
    for (let i = 1; i < this.times.length; i++) if (this.times[i] > at) longest = Math.max(longest, this.times[i] - this.times[i - 1]);
    return longest;
  }

  /** Counts the frames before the last received one that are missing, and the duplicates, and tells whether any came out of order. */
  account() {
    const seen = new Set(this.indexes);
    const last = this.indexes.reduce((a, b) => Math.max(a, b), -1);
    return { lost: last + 1 - seen.size, twice: this.indexes.length - seen.size, back: this.indexes.some((x, i) => x < this.indexes[i - 1]) };
  }
}

async function contest({ client: name, kind, tls }) {
  const forGood = REFUSED_FOR_GOOD.find((fault) => fault.name === kind);
  const fault = forGood ?? FAULTS.find((candidate) => candidate.name === kind);
  const [{ startVoiceServer }, { testFrame }, { join }] = await Promise.all([
    load('server/index.js'),
    load('testing/index.js'),
    import(`./clients/${name.split('-')[0]}.mjs`),
  ]);
  const modes = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'];
  const answers = name.endsWith('-answered') ? KIND : UNKIND;
  const server = await startVoiceServer({ tls, modes, heartbeatInterval: HEARTBEAT, ...answers });
  if (fault.needs !== undefined && !(fault.needs in server.faults)) return { skipped: `the server has no '${fault.needs}'` };
  const arrivals = new Arrivals();
  server.packets$.subscribe((packet) => arrivals.add(packet));
  let where = CHANNELS[0];
  let sockets = 0;
  server.events$.subscribe((event) => {
    if (event.type === 'joined' || event.type === 'moved') where = event.channelId;
    if (event.type === 'opened') sockets += 1;
  });
  const { gateway, commands } = tappedGateway(server, USER);
  const session = await join(gateway, { guildId: GUILD, channelId: CHANNELS[0], userId: USER }, { recipe: name.includes('-recipe') });
  session.play(Array.from({ length: SONG }, (_, index) => testFrame(index)));
  const deadline = performance.now() + PATIENCE;
  while (!arrivals.flowing && performance.now() < deadline) await sleep(20);
  if (!arrivals.flowing) throw new Error('no audio before the fault');

  const before = { ...commands, sockets };
  const at = performance.now();
  await fault.act({
    server,
    faults: server.faults,
    dice: new Dice(1),
    guild: GUILD,
    singer: USER,
    members: [USER],
    stage: 5_000,
    discovery: 6_000,
    heartbeat: HEARTBEAT,
    now: () => performance.now(),
    channel: () => where,
    other: () => CHANNELS.find((id) => id !== where),
    pause: (ms) => sleep(ms),
    event: (type, match, ms) => occurred(server, type, match, ms),
  });
  const acted = performance.now();
  if (forGood !== undefined) await sleep(PATIENCE - 5_000);
  else {
    await sleep(fault.slow ? WATCH_SLOW : WATCH);
    while (!arrivals.flowing && performance.now() - acted < PATIENCE) await sleep(20);
  }
  const result = {
    survived: arrivals.flowing,
    silence: Math.max(0, arrivals.silence(at) - FRAME_MS),
    ...arrivals.account(),
    joins: commands.joins - before.joins,
    leaves: commands.leaves - before.leaves,
    sockets: sockets - before.sockets,
    state: session.state(),
  };
  session.leave();
  await server.close();
  return result;
}

if (process.send !== undefined) {
  const tell = (message) => process.send(message, () => process.exit(0));
  process.on('uncaughtException', (error) => tell({ crashed: `${error.message}` }));
  process.once('message', (question) =>
    contest(question).then(
      (result) => tell({ result }),
      (error) => tell({ error: error.stack }),
    ),
  );
}
