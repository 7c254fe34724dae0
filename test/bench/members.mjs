/** `npm run bench -- --members`: what a copy costs the embedded server, and how many members of a call one core can so serve. */
import { setTimeout as sleep } from 'node:timers/promises';
import { medianOf } from './measure.mjs';
import { MEMBER_COLUMNS, table } from './table.mjs';

const FRAMES_PER_SECOND = 50;
/** Seconds played before the measurement, and after it. */
const WARM_UP = 1;
const TAIL = 0.5;
/** What a run is given beyond its length, in ms. */
const PATIENCE = 60_000;

/**
 * One speaks, all others are in the call and are sent every frame.
 *
 * @param options of the command line; `counts`: members of a call
 * @param stage `{ start, identity, progress, print }`: `start` forks a script, to be ended with the others
 * @returns the rows, of all modes and numbers of members
 */
export async function measureMembers(options, { start, identity, progress, print }) {
  const rows = [];
  const [speaker, crowd] = [start('./speakers.mjs'), start('./crowd.mjs')];
  for (const mode of options.modes) {
    const server = start('./server.mjs');
    // The crowd has the mode that is measured; who speaks always has XChaCha20.
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
  // Five frames of silence follow the last.
  return { library: 'rxvoice', mode, members, perCopy, perCore, p99, delivered: heard / ((count + 5) * (members - 1)) };
}
