/** Child process: joins all sessions at once and plays on each. Its CPU time and its memory are the library's under test. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './channel.mjs';
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
  /** Plays for `seconds`, after `warmUp` in which code is compiled, and what goes after; `stall` blocks the main thread that many ms each second. */
  play: async ({ seconds, warmUp = WARM_UP, stall = 0, sample = false }) => {
    const count = Math.round((warmUp + seconds + TAIL) * FRAMES_PER_SECOND);
    const done = Promise.all(sessions.map((session) => session.play(source(count))));
    let stalls = 0;
    const blocker = stall > 0 ? setInterval(() => void (block(stall), stalls++), 1_000) : undefined;
    await sleep(warmUp * 1_000);
    const [takenBefore, threadsBefore, before] = [taken, threadTimes(), process.cpuUsage()];
    const { shares } = await looked(sample, () => sleep(seconds * 1_000));
    const { user, system } = process.cpuUsage(before);
    const threads = spentSince(threadsBefore);
    const frames = taken - takenBefore;
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

function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
