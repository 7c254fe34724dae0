/** Child process: joins all sessions at once and plays on each. Its CPU time and memory are those of the library under test. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';
import { load } from './library.mjs';
import { sampled } from './sampling.mjs';
import { spentSince, threadTimes } from './thread-times.mjs';

const FRAME_BYTES = 160;
const FRAMES_PER_SECOND = 50;
const FRAME_MS = 1_000 / FRAMES_PER_SECOND;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Seconds played before the measurement by default, and after it. */
const WARM_UP = 1;
const TAIL = 0.5;

const { join } = await import(`./senders/${process.argv[2]}.mjs`);
let sessions;
let rssBefore;
/** Frames that the library has taken from its sources. */
let taken = 0;

/** With `sample`, profiles `work` while it runs; CPU time is then meaningless. */
const looked = async (sample, work) => (sample ? sampled(work) : { value: await work(), shares: undefined });

/** A 20 ms packet of CELT, fullband, stereo; it is never decoded. */
const frame = Buffer.alloc(FRAME_BYTES, 0x5a);
frame[0] = 0xfc;

function* source(count) {
  for (let i = 0; i < count; i++) {
    taken += 1;
    yield frame;
  }
}

answer({
  /** With `dave`, a session counts as joined when it has a group to encrypt for. */
  join: async ({ admissions, mode, dave, sample = false }) => {
    rssBefore = process.memoryUsage.rss();
    const [start, before] = [performance.now(), process.cpuUsage()];
    const { value, shares } = await looked(sample, () => join(admissions, { mode, dave }));
    sessions = value;
    if (dave) await Promise.all(sessions.map((session) => session.secure()));
    const { user, system } = process.cpuUsage(before);
    return { joinMs: performance.now() - start, joinCpu: (user + system) / 1_000, shares };
  },
  /**
   * Plays for `seconds`, after a `warmUp` in which code is compiled, and before a tail; `stall` blocks the main thread that many ms each second.
   * Sessions begin within `spread` ms: those that begin at once share one wake-up, which hardly happens in practice.
   * With `file`, the frames are written to that file, which the library opens itself; the number of frames taken is then computed from the time.
   */
  play: async ({ seconds, warmUp = WARM_UP, stall = 0, spread = 0, sample = false, file }) => {
    const count = Math.round((warmUp + seconds + TAIL) * FRAMES_PER_SECOND);
    if (file !== undefined) await writeSong(file, source(count));
    const begin = async (session, i) => {
      if (spread > 0) await sleep((i * spread) / sessions.length + phase(i));
      await (file === undefined ? session.play(source(count)) : session.playFile(file));
    };
    const done = Promise.all(sessions.map(begin));
    let stalls = 0;
    const blocker = stall > 0 ? setInterval(() => void (block(stall), stalls++), 1_000) : undefined;
    await sleep(warmUp * 1_000);
    const [takenBefore, threadsBefore, began, before] = [taken, threadTimes(), performance.now(), process.cpuUsage()];
    const { shares } = await looked(sample, () => sleep(seconds * 1_000));
    const { user, system } = process.cpuUsage(before);
    const threads = spentSince(threadsBefore);
    const frames = file === undefined ? taken - takenBefore : ((performance.now() - began) / 1_000) * FRAMES_PER_SECOND * sessions.length;
    const rss = process.memoryUsage.rss();
    clearInterval(blocker);
    await done;
    return {
      expected: count * sessions.length,
      cpuPerFrame: (user + system) / frames,
      rssPerSession: (rss - rssBefore) / sessions.length,
      stalls,
      threads,
      shares,
    };
  },
  /**
   * Plays on the first `count` sessions, and reports `windows` of `seconds` each, in turn: the cost of each thread, and the number of frames due, since
   * frames are read ahead in batches. All other sessions play for half of `warmUp` and leave: a few sessions alone would take minutes until their code
   * is compiled, which is not part of the cost of a frame.
   */
  observe: async ({ count, seconds, windows, warmUp, spread, file }) => {
    const frames = Math.round((warmUp + seconds * windows + TAIL) * FRAMES_PER_SECOND);
    if (file !== undefined) await writeSong(file, source(frames));
    const begin = async (session, i) => {
      await sleep((i * spread) / sessions.length + phase(i));
      const stays = i < count;
      if (file === undefined) await session.play(source(stays ? frames : (warmUp / 2) * FRAMES_PER_SECOND));
      else await (stays ? session.playFile(file) : Promise.race([session.playFile(file), sleep((warmUp / 2) * 1_000)]));
      if (!stays) session.leave();
    };
    const done = Promise.all(sessions.map(begin));
    await sleep(warmUp * 1_000);
    const seen = [];
    for (let i = 0; i < windows; i += 1) {
      // In this order, so that the cost of reading thread times, which grows with the number of threads, is outside the window.
      const [threads, cpu, began] = [threadTimes(), process.cpuUsage(), performance.now()];
      await sleep(seconds * 1_000);
      const { user, system } = process.cpuUsage(cpu);
      const ms = performance.now() - began;
      seen.push({ seconds: ms / 1_000, cpu: user + system, frames: (ms / FRAME_MS) * count, threads: spentSince(threads) });
    }
    await done;
    sessions = sessions.slice(0, count);
    return { seen };
  },
  leave: async () => {
    for (const session of sessions) session.leave();
    // Time for the close frames to be sent.
    await sleep(200);
  },
});

/** ms; spread evenly over a frame for any number of sessions. Sessions that begin in the same quarter of a frame share their wake-ups. */
function phase(index) {
  return ((index * GOLDEN) % 1) * FRAME_MS;
}

async function writeSong(file, frames) {
  const { OggOpusWriter } = await load('audio/index.js');
  const writer = new OggOpusWriter();
  await writeFile(file, [writer.header(), ...[...frames].flatMap((bytes) => writer.write(bytes)), ...writer.end()]);
}

function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
