/** Child process: joins all sessions at once and plays on each. Its CPU time and its memory are the library's under test. */
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
/** Seconds played before the measurement unless told otherwise, and after it. */
const WARM_UP = 1;
const TAIL = 0.5;

const { join } = await import(`./senders/${process.argv[2]}.mjs`);
let sessions;
let rssBefore;
/** Frames that the library has taken from its sources. */
let taken = 0;

/** With `sample`, `work` is looked at while it runs; a figure of CPU time is then worth nothing. */
const looked = async (sample, work) => (sample ? sampled(work) : { value: await work(), shares: undefined });

/** A 20 ms packet of CELT, fullband, stereo: nobody decodes it. */
const frame = Buffer.alloc(FRAME_BYTES, 0x5a);
frame[0] = 0xfc;

function* source(count) {
  for (let i = 0; i < count; i++) {
    taken += 1;
    yield frame;
  }
}

answer({
  /** With `dave`, a session is joined when there is a group that it can encrypt for. */
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
   * Plays for `seconds`, after `warmUp` in which code is compiled, and what goes after; `stall` blocks the main thread that many ms each second, and the
   * sessions begin within `spread` ms: those that begin at once are served by one wake-up, as hardly any are elsewhere.
   * With `file`, the frames are in a file of that name in the end, which the library opens by itself: how many it takes is then told by the time.
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
   * Plays on the first `count` of the sessions, and tells of `windows` of `seconds` each, one after the other: what each thread has cost, and how many frames
   * were due, since what is read ahead comes by the dozen. All others play for half of `warmUp`, and leave: a few sessions take minutes until their code is
   * compiled, which is no part of what a frame costs.
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
      // In this order: what the looking costs, which is more the more threads there are, is no part of the window.
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
    // Time for the close frames to go.
    await sleep(200);
  },
});

/** ms: over a frame evenly, however many sessions there are. Those that begin in the same quarter of a frame share their wake-ups. */
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
