/** Child process: joins all sessions at once and plays on each. Its CPU time and its memory are the library's under test. */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';
import { load } from './library.mjs';
import { sampled } from './sampling.mjs';
import { spentSince, threadTimes } from './thread-times.mjs';

const FRAME_BYTES = 160;
const FRAMES_PER_SECOND = 50;
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
      if (spread > 0) await sleep((i * spread) / sessions.length);
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
  leave: async () => {
    for (const session of sessions) session.leave();
    // Time for the close frames to go.
    await sleep(200);
  },
});

async function writeSong(file, frames) {
  const { OggOpusWriter } = await load('audio/index.js');
  const writer = new OggOpusWriter();
  await writeFile(file, [writer.header(), ...[...frames].flatMap((bytes) => writer.write(bytes)), ...writer.end()]);
}

function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
