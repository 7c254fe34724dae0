/** Some play at once, others listen, and nothing that was played may be missing, altered or in the clear. */
import { load } from '../bench/library.mjs';
import { within } from './deadline.mjs';
import { hex, tally } from './frames.mjs';

const { testFrames } = await load('testing/index.js');

/** Frames that each speaker plays: 2 s. */
const FRAMES = 100;
/** ms. */
const TO_KNOW = 5_000;
const TO_HEAR = 10_000;
/** So that no two songs of a run share a frame. */
let songs = 0;

/**
 * Each speaker plays frames that nobody else has; resolves when everybody has heard all of everybody else, with how many that is.
 * @throws Error that says who heard how many of whom, or whose frames came to the server unencrypted
 */
export async function round(server, speakers, listeners) {
  const song = new Map(speakers.map((speaker) => [speaker, testFrames(FRAMES, songs++ * FRAMES)]));
  const plain = new Set([...song.values()].flat().map(hex));
  const inTheClear = new Set();
  const watching = server.packets$.subscribe(({ userId, payload }) => plain.has(hex(payload)) && inTheClear.add(userId));
  try {
    for (const speaker of speakers) await speaker.introduce();
    const ears = await Promise.all(listeners.flatMap((to) => speakers.filter((from) => from !== to).map((from) => ear(from, to))));
    const counts = ears.map(({ heard$, from }) => tally(heard$, song.get(from).map(hex), TO_HEAR));
    await Promise.all(speakers.map((speaker) => speaker.play(song.get(speaker))));
    const heard = (await Promise.all(counts)).map((count, i) => ({ ...ears[i], count }));
    const short = heard.filter(({ count }) => count < FRAMES);
    if (short.length > 0) throw new Error(short.map(({ from, to, count }) => `${to.name} heard ${count} of ${FRAMES} of ${from.name}`).join(', '));
    if (inTheClear.size > 0) throw new Error(`frames came unencrypted from ${[...inTheClear].join(', ')}`);
    return `${FRAMES} of ${FRAMES}`;
  } finally {
    watching.unsubscribe();
  }
}

async function ear(from, to) {
  const heard$ = await within(TO_KNOW, `no news of the SSRC of ${from.name} came to ${to.name}`, to.hear(from.userId));
  return { heard$, from, to };
}
