/** `npm run bench -- --receive`: the cost of listening to many speakers, with either library, in either mode. */
import { Child } from './channel.mjs';
import { medianOf } from './measure.mjs';
import { overFloor, RECEIVE_COLUMNS, table } from './table.mjs';

const AES = 'aead_aes256_gcm_rtpsize';
const XCHACHA = 'aead_xchacha20_poly1305_rtpsize';
const CONTESTANTS = [{ library: 'discordjs' }, { library: 'rxvoice' }];
/** Subtracted from all other figures: the cost of the socket, the event loop and a look at the header. */
const SOCKET = { library: 'rxvoice', deaf: true };
/** The platform's floor: a bare socket, with and without a bare cipher object for each packet. The ratio to the first is printed. */
const FLOORS = [{ library: 'bare' }, { library: 'bare', deaf: true }];
const FRAMES_PER_SECOND = 50;
/** Seconds played before the measurement, and after it. */
const WARM_UP = 1;
const TAIL = 0.5;
/** Extra time allowed for a run, in ms. */
const PATIENCE = 40_000;

/**
 * @param options the options of the command line
 * @param stage `{ start, identity, env, progress, print }`: `start` forks a script that ends with the others
 * @returns the rows for all modes and numbers of speakers
 */
export async function compareReceiving(options, { start, identity, env, progress, print }) {
  const rows = [];
  const calls = options.dave === 'off' ? [false] : options.dave === 'only' ? [true] : [false, true];
  for (const dave of calls) {
    const speakers = start('./speakers.mjs');
    // One server per mode, because @discordjs/voice takes the first mode offered. Speakers always use XChaCha20.
    const servers = new Map();
    for (const mode of options.modes) {
      const server = start('./server.mjs');
      await server.ask('start', { tls: identity.tls, dave, modes: [...new Set([mode, XCHACHA])] });
      servers.set(mode, server);
    }
    for (const count of options.counts) {
      const contests = options.modes.flatMap((mode, i) =>
        [...CONTESTANTS, ...(options.floor && !dave && mode === AES ? FLOORS : []), ...(i === 0 ? [SOCKET] : [])].map((contestant) => ({ mode, ...contestant, runs: [] })),
      );
      for (let round = 0; round < options.rounds; round++) {
        for (const { mode, library, deaf = false, runs } of contests) {
          progress.say(`${count} speakers${dave ? ', DAVE' : ''}: ${nameOf(library, deaf)} ${mode}, round ${round + 1}`);
          const given = { library, mode, deaf, count, dave, seconds: options.seconds, env, execArgv: options.execArgv };
          runs.push(await hear(servers.get(mode), speakers, given));
        }
      }
      const found = overFloor(contests.map(({ runs }) => medianOf(runs)), 'cpuPerPacket');
      const socket = found.find(({ library }) => library === 'nobody').cpuPerPacket;
      for (const row of found) row.beyond = row.cpuPerPacket - socket;
      rows.push(...found);
      print(`\n${count} speakers at once${dave ? ', DAVE' : ''}\n${table(found, RECEIVE_COLUMNS, 'listener')}`);
    }
  }
  return rows;
}

async function hear(server, speakers, { library, mode, deaf, count, dave, seconds, env, execArgv }) {
  const listener = new Child('./hearer.mjs', [library], { env, execArgv });
  try {
    const { admission, admissions } = await server.ask('gather', { count });
    await listener.ask('join', { admission, mode, dave });
    const code = await speakers.ask('join', { admissions, dave, members: count + 1 }, PATIENCE);
    if (dave) await listener.ask('agree', { code });
    if (deaf) await listener.ask('deafen');
    else await listener.ask('hear', { users: admissions.map(({ ids }) => ids.userId) });
    await server.ask('report');
    const frames = Math.round((WARM_UP + seconds + TAIL) * FRAMES_PER_SECOND);
    const patience = seconds * 1_000 + PATIENCE;
    const [{ cpuPerPacket }] = await Promise.all([
      listener.ask('measure', { wait: WARM_UP, seconds }, patience),
      speakers.ask('play', { count: frames }, patience),
    ]);
    const heard = await listener.ask('heard');
    const seen = await server.ask('report');
    if (seen.encrypted !== (dave ? seen.frames : 0))
      throw new Error(`of ${seen.frames} frames sent, ${seen.encrypted} were end-to-end encrypted`);
    await Promise.all([listener.ask('leave'), speakers.ask('leave')]);
    return { library: nameOf(library, deaf), mode, dave, speakers: count, cpuPerPacket, heard: deaf ? NaN : heard / (frames * count) };
  } finally {
    await listener.end();
  }
}

function nameOf(library, deaf) {
  if (!deaf) return library;
  return library === 'bare' ? 'bare socket' : 'nobody';
}
