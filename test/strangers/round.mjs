/** Some members play at once and others listen; no played frame may be missing, altered or unencrypted. */
import { load } from '../bench/library.mjs';
import { within } from './deadline.mjs';
import { hex, tally } from './frames.mjs';

const { testFrames } = await load('testing/index.js');

/** Frames that each speaker plays: 2 s, unless strangers.test.ts asks for less. */
const FRAMES = Number(process.env.RXVOICE_FRAMES ?? 100);
/** ms. */
const TO_KNOW = 10_000;
const TO_HEAR = 15_000;
const TO_PLAY = 40_000;
/** Up to this number, missing frames are listed one by one. */
const FEW = 5;
/** Number of songs so far, so that no two songs of a run share a frame. */
let songs = 0;

/**
 * Each speaker plays unique frames; resolves, with their number, when each listener has heard all frames of all others.
 * @throws Error that says who heard how many of whom, or whose frames reached the server unencrypted
 */
export async function round(server, speakers, listeners) {
  const song = new Map(speakers.map((speaker) => [speaker, testFrames(FRAMES, songs++ * FRAMES)]));
  const plain = new Set([...song.values()].flat().map(hex));
  const inTheClear = new Set();
  const watching = server.packets$.subscribe(({ userId, payload }) => plain.has(hex(payload)) && inTheClear.add(userId));
  try {
    for (const speaker of speakers) await speaker.introduce();
    const ears = await Promise.all(listeners.flatMap((to) => speakers.filter((from) => from !== to).map((from) => ear(from, to))));
    const tallies = ears.map(({ heard$, from }) => tally(heard$, song.get(from).map(hex), TO_HEAR));
    const plays = speakers.map((from) => within(TO_PLAY, `no end of what ${from.name} plays came`, from.play(song.get(from))));
    const [counts] = await Promise.all([Promise.all(tallies), Promise.all(plays)]);
    const short = counts.map((heard, i) => ({ ...ears[i], ...heard })).filter(({ count }) => count < FRAMES);
    const said = short.map(({ from, to, count, ...why }) => `${to.name} heard ${count} of ${FRAMES} of ${from.name}${told(why)}`);
    if (said.length > 0) throw new Error(said.join(', '));
    const plainly = speakers.filter(({ userId }) => inTheClear.has(userId)).map(({ name }) => name);
    if (plainly.length > 0) throw new Error(`frames came unencrypted from ${plainly.join(', ')}`);
    return `${FRAMES} of ${FRAMES}`;
  } finally {
    watching.unsubscribe();
  }
}

/** Lists the missing frames if they are few. */
function told({ missing, others }) {
  return missing.length > FEW ? '' : ` (not ${missing.map((at) => at + 1).join(', ')}; ${others} that were none of these)`;
}

async function ear(from, to) {
  const heard$ = await within(TO_KNOW, `no news of the SSRC of ${from.name} came to ${to.name}`, to.hear(from.userId));
  return { heard$, from, to };
}
