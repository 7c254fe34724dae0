// Records speakers who never pause and whose clocks drift, under a manually advanced clock. Uses the built library, because millions of
// packets run several times as fast in it as under the test runner. Every ten minutes each speaker sends a mark, the only packet that is
// audible when decoded. Prints the offset of the marks in each file from when they were spoken, in ms, and the final events.
// Usage: node record-drifting.mjs HOURS PPM...
import { Subject } from 'rxjs';
import { recordTo } from '../../dist/audio/index.js';
import { opusPacketSamples } from '../../dist/protocol/opus-packet.js';
import { ManualScheduler } from './manual-scheduler.mjs';

const [hours, ...rates] = process.argv.slice(2).map(Number);
const users = rates.map((_, who) => `${who + 1}`);
const MARK_EVERY = 30_000;
const MARK = Uint8Array.of(0xfc, 1, 0);
const FRAME = Uint8Array.of(0xfc, 0, 0);
/** ms of packets delivered at once, as by a busy event loop. */
const STEP_MS = 100;
/** Samples that players skip at the start of an Ogg file. */
const PRE_SKIP = 120;

/** When packet `n` of a speaker was sent: one every 20 ms by the speaker's clock. */
const sentAt = (ppm, n) => (n * 20) / (1 + ppm / 1e6);

/** Delivers packets in order of arrival, each with a random delay of up to 15 ms; each call delivers those that arrived until `now`. */
function network() {
  let state = 7;
  const next = rates.map(() => ({ n: 0, late: 0 }));
  return (now, receive) =>
    rates.forEach((ppm, who) => {
      const one = next[who];
      for (let sent = sentAt(ppm, one.n); sent + one.late <= now; sent = sentAt(ppm, one.n)) {
        const { n } = one;
        receive({
          userId: users[who],
          ssrc: who + 1,
          sequence: n & 0xffff,
          timestamp: (n * 960) >>> 0,
          arrival: sent + one.late,
          marker: false,
          audioLevel: null,
          speaking: null,
          frame: n % MARK_EVERY === MARK_EVERY / 2 ? MARK : FRAME,
        });
        one.n += 1;
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        one.late = (state >>> 24) / 17;
      }
    });
}

/** The positions where marks begin in 16-bit stereo, in samples. */
function soundMarks(bytes) {
  const pcm = new Int16Array(bytes.slice().buffer);
  const found = [];
  for (let i = 0; i < pcm.length; i += 2) if (pcm[i] !== 0 && (i === 0 || pcm[i - 2] === 0)) found.push(i / 2);
  return found;
}

/** A disk that stores only the positions of the marks, in samples. */
const marks = new Map();
const open = (name) => {
  const found = [];
  marks.set(name, found);
  let at = -PRE_SKIP;
  const readPage = (page) => {
    const lacings = page[26];
    for (let i = 0, from = 27 + lacings; i < lacings; from += page[27 + i], i++) {
      if (page[27 + i] === 3 && page[from + 1] === 1) found.push(at);
      at += opusPacketSamples(page.subarray(from, from + page[27 + i]));
    }
  };
  return {
    write: (bytes, position) => {
      if (position === 0) return;
      if (name.endsWith('.ogg')) readPage(bytes);
      else found.push(...soundMarks(bytes).map((sample) => (position - 44) / 4 + sample));
    },
    hole: () => undefined,
    close: () => undefined,
  };
};

const scheduler = new ManualScheduler();
const packets$ = new Subject();
const told = [];
const codec = () => ({ decode: (frame) => (frame[1] === 1 ? new Int16Array(1_920).fill(9_000) : new Int16Array(0)) });
packets$.pipe(recordTo(open, { files: ['user-ogg', 'user-wav', 'mix-wav'], codec, scheduler })).subscribe((event) => told.push(event));
const arrive = network();
for (let now = 0; now <= hours * 3_600_000; now += STEP_MS) {
  scheduler.advanceTo(now);
  arrive(now, (packet) => packets$.next(packet));
}
packets$.complete();

const spoken = rates.map((ppm) => Array.from({ length: (hours * 3_600_000) / 20 / MARK_EVERY }, (_, i) => sentAt(ppm, (i + 0.5) * MARK_EVERY)));
const everybody = spoken.flat().sort((a, b) => a - b);
const off = Object.fromEntries(
  [...marks].map(([name, found]) => [name, found.map((at, i) => at / 48 - (spoken[Number.parseInt(name, 10) - 1] ?? everybody)[i])]),
);
console.log(JSON.stringify({ off, told: told.filter(({ type }) => type !== 'progress') }));
