/**
 * `node test/bench/workers/wire.mjs [N]`: ns per frame on each side of a thread's wire, without clock, cipher and socket: plays are ticked by
 * hand, with both sides in one thread, over shared memory. Everything is in the caches, so a busy machine hardly matters. Use it to compare builds
 * (RXVOICE_DIST). It does not predict the real cost of a frame, most of which comes from cold caches.
 */
import { asyncScheduler, NEVER } from 'rxjs';
import { setImmediate as turn } from 'node:timers/promises';
import { load } from '../library.mjs';
import { endless, FRAME } from './hold/frame.mjs';

const { enginePort } = await load('workers/message-port.js');
const { HomeLine } = await load('workers/shared/home-line.js');
const { ThreadLine } = await load('workers/shared/thread-line.js');
const { sharedMemory } = await load('workers/shared/line.js');
const { HomeSide } = await load('engine/home-side.js');
const { Peer } = await load('engine/peer.js');
const { productionOf } = await load('engine/sink.js');
const { inlet } = await load('engine/frame-inlet.js');
const { Plays } = await load('engine/plays.js');
const { play } = await load('media/send/play.js');

const [COUNT = 50] = process.argv.slice(2).map(Number);
const FRAME_MS = 20;
const AHEAD = 25;
/** Ticks between two rounds of the main thread. */
const ROUND = 11;
const WINDOWS = 50;
const WARM_UP = 10;
const TICKS = 200;

let now = 0;
let look;
const rounds = { now: () => now, add: (added) => (look = added), remove: () => (look = undefined) };

/** Posted batches wait here until they are delivered. */
const waiting = [];
const posting = (to, own) => ({ postMessage: (batch) => waiting.push([to, structuredClone(batch)]), on: (_, listener) => (own.hear = listener) });
const [atHome, inThread] = [{}, {}];
const deliver = () => {
  for (const [to, batch] of waiting.splice(0)) to.hear(batch);
};

const memory = sharedMemory();
const home = enginePort(posting(inThread, atHome), { beside: (tell, wake) => new HomeLine(memory, rounds, tell, wake) });
const thread = enginePort(posting(atHome, inThread), { sentEvery: 220, beside: (tell, wake) => new ThreadLine(memory, tell, wake) });

/** Stand-ins for the pumps of sessions. */
const pumps = [];
const far = new Peer(thread, (topic, sink, id) => {
  const pump = { playing: false, wake: () => undefined, stop: () => undefined, start: (playback) => (pump.playback = playback) };
  pumps.push(pump);
  const frames = inlet((to, begun) => void far.subscribe({ what: 'frames', play: id }, to, begun), topic.ahead);
  return productionOf(play(pump, frames, topic.options), sink);
});

const side = new HomeSide(home);
let heard = 0;
for (let i = 0; i < COUNT; i += 1) {
  const plays = new Plays({ ahead: AHEAD, opens: () => undefined }, { scheduler: asyncScheduler, held: () => undefined });
  plays.use({ peer: side.peer, session: 1, up$: NEVER, sources: side.sources });
  plays.play$(endless(), {}).subscribe(() => (heard += 1));
}
for (let i = 0; i < 6; i += 1) {
  await turn();
  deliver();
}

const seen = [];
let sequence = 0;
for (let window = 0; window < WINDOWS; window += 1) {
  const spent = { thread: 0, home: 0, frames: 0 };
  for (let i = 0; i < TICKS; i += 1) await tick(spent);
  if (window >= WARM_UP) seen.push(spent);
}
const lowest = (figure) => Math.min(...seen.map((spent) => (figure(spent) * 1e6) / spent.frames)).toFixed(0);
console.log(`${COUNT} plays, the fastest of ${seen.length} windows: ${lowest((spent) => spent.thread)} ns a frame in the thread, ${lowest((spent) => spent.home)} ns at home; ${heard} events heard`);
process.exit(0);

async function tick(spent) {
  now += FRAME_MS;
  sequence += 1;
  const began = performance.now();
  for (const { playback } of pumps) {
    if (!(playback.next() instanceof Uint8Array)) throw new Error('a play has no frame in time');
    playback.sent({ sequence: sequence & 0xffff, timestamp: sequence * 960, bytes: FRAME.length + 32 });
  }
  await settled();
  spent.thread += performance.now() - began;
  spent.frames += pumps.length;
  if (sequence % ROUND === 0) await round(spent);
  deliver();
}

async function round(spent) {
  const began = performance.now();
  look?.();
  await settled();
  spent.home += performance.now() - began;
}

/** Waits for the microtasks of a tick, which count as part of it. */
async function settled() {
  for (let i = 0; i < 3; i += 1) await undefined;
}
