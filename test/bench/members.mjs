/** `npm run bench -- --members`: the cost of one copy for the embedded server, and how many call members one core can thus serve. */
import { setTimeout as sleep } from 'node:timers/promises';
import { medianOf } from './measure.mjs';
import { MEMBER_COLUMNS, table } from './table.mjs';

const FRAMES_PER_SECOND = 50;
/** Seconds played before the measurement, and after it. */
const WARM_UP = 1;
const TAIL = 0.5;
/** Extra time allowed for a run, in ms. */
const PATIENCE = 60_000;

/**
 * One member speaks; all others are in the call and receive every frame.
 *
 * @param options of the command line; `counts`: members of a call
 * @param stage `{ start, identity, progress, print }`: `start` forks a script that ends with the others
 * @returns the rows for all modes and numbers of members
 */
export async function measureMembers(options, { start, identity, progress, print }) {
  const rows = [];
  const [speaker, crowd] = [start('./speakers.mjs'), start('./crowd.mjs')];
  for (const mode of options.modes) {
    const server = start('./server.mjs');
    // The crowd uses the measured mode; the speaker always uses XChaCha20.
    await server.ask('start', { tls: identity.tls, dave: false });
    for (const members of options.counts) {
      const runs = [];
      for (let round = 0; round < options.rounds; round++) {
        progress.say(`${members} members ${mode}, round ${round + 1}`);
        runs.push(await serve({ server, speaker, crowd }, { mode, members, seconds: options.seconds }));
      }
      const row = medianOf(runs);
      rows.push(row);
      print(`\n${members} members, one speaks\n${table([row], MEMBER_COLUMNS, 'server')}`);
    }
  }
  return rows;
}

async function serve({ server, speaker, crowd }, { mode, members, seconds }) {
  const [first, ...others] = await server.ask('assemble', { count: members });
  await crowd.ask('join', { admissions: others, mode }, PATIENCE);
  await speaker.ask('join', { admissions: [first], dave: false });
  await server.ask('report');
  const count = Math.round((WARM_UP + seconds + TAIL) * FRAMES_PER_SECOND);
  const playing = speaker.ask('play', { count }, seconds * 1_000 + PATIENCE);
  await sleep(WARM_UP * 1_000);
  const before = await server.ask('meter');
  await sleep(seconds * 1_000);
  const after = await server.ask('meter');
  await playing;
  const { p99 } = await server.ask('report');
  const { heard } = await crowd.ask('leave');
  await speaker.ask('leave');
  const perCopy = (after.cpu - before.cpu) / (after.copies - before.copies);
  const perCore = Math.floor(1_000_000 / (FRAMES_PER_SECOND * perCopy)) + 1;
  // Five silence frames follow the last frame.
  return { library: 'rxvoice', mode, members, perCopy, perCore, p99, delivered: heard / ((count + 5) * (members - 1)) };
}
