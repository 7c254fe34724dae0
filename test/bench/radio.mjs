/** `npm run bench -- --radio`: the cost of one broadcast for many sessions, compared with a source for each. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './library.mjs';
import { medianOf } from './measure.mjs';
import { RADIO_COLUMNS, table } from './table.mjs';

/** Extra time allowed for a run, in ms. */
const PATIENCE = 60_000;
const FRAMES_PER_SECOND = 50;

/**
 * The same sessions play a file that is passed through, and one that is encoded: first with a source each, then with one broadcast.
 *
 * @param options of the command line; `counts`: sessions
 * @param stage `{ start, identity, progress, print }`: `start` forks a script that ends with the others
 * @returns the rows; `ratio`: CPU of the broadcast divided by that of the sources
 */
export async function measureRadio(options, { start, identity, progress, print }) {
  const folder = await mkdtemp(join(tmpdir(), 'rxvoice-'));
  const rows = [];
  try {
    const inputs = [
      { input: 'Opus, passed', path: fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url)) },
      { input: 'WAV, encoded', path: await writeTone(join(folder, 'tone.wav')) },
    ];
    const [mode] = options.modes;
    const [server, player] = [start('./server.mjs'), start('./radio-player.mjs')];
    await server.ask('start', { tls: identity.tls, dave: false });
    for (const sessions of options.counts) {
      await player.ask('join', { admissions: await server.ask('admit', { count: sessions }), mode }, PATIENCE);
      for (const { input, path } of inputs) {
        const runs = [];
        for (let round = 0; round < options.rounds; round++) {
          const [sources, radio] = [[], []];
          for (const [shared, into] of [[false, sources], [true, radio]]) {
            progress.say(`${sessions} sessions, ${input}, ${shared ? 'one radio' : 'a source each'}, round ${round + 1}`);
            into.push(await player.ask('play', { path, shared, seconds: options.seconds }, options.seconds * 1_000 + PATIENCE));
          }
          runs.push(rowOf(input, sessions, sources[0], radio[0]));
        }
        rows.push(medianOf(runs));
      }
      await player.ask('leave');
      print(`\n${sessions} sessions play the same\n${table(rows.filter((row) => row.sessions === sessions), RADIO_COLUMNS, 'input')}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return rows;
}

function rowOf(input, sessions, sources, radio) {
  const perFrame = ({ cpu, frames }) => cpu / frames;
  const paced = ({ frames, ms }) => frames / ((sessions * FRAMES_PER_SECOND * ms) / 1_000);
  return {
    library: input,
    mode: '',
    sessions,
    sources: perFrame(sources),
    radio: perFrame(radio),
    ratio: perFrame(radio) / perFrame(sources),
    pacedSources: paced(sources),
    pacedRadio: paced(radio),
    missed: radio.missed,
  };
}

/** Thirty seconds of two tones, stereo, 48 kHz. */
async function writeTone(path) {
  const { encodeWav } = await load('audio/index.js');
  const pcm = Int16Array.from({ length: 2 * 48_000 * 30 }, (_, i) => 8_000 * Math.sin(((i >> 1) * 2 * Math.PI * (i % 2 === 0 ? 440 : 660)) / 48_000));
  await writeFile(path, encodeWav([pcm]));
  return path;
}
