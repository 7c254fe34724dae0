/** Measures one sender, in a separate process, against the running server. */
import { Child } from './channel.mjs';

/** Extra time allowed for a run, in ms: joining, warm-up, tail and leaving. */
const PATIENCE = 40_000;

/**
 * @param server the server's Child
 * @param sender `{ library, mode }`
 * @param options `{ sessions, seconds, warmUp, stall, spread, file, listeners, env, execArgv }`; `stall`: ms per second that the sender's main
 *   thread is blocked; `spread`: ms within which the plays begin; `file`: the path for the song, which is then played as a file; `listeners`:
 *   the Child that joins each sender's channel first, which makes calls end-to-end encrypted
 */
export async function measure(server, { library, mode }, options) {
  const { sessions, seconds, warmUp = 1, stall = 0, spread = 0, file, listeners, env, execArgv } = options;
  const dave = listeners !== undefined;
  const child = new Child('./sender.mjs', [library], { env, execArgv });
  try {
    const admissions = await server.ask('admit', { count: sessions });
    await listeners?.ask('join', { admissions: admissions.map(({ listener }) => listener) });
    const { joinMs, joinCpu } = await child.ask('join', { admissions, mode, dave });
    await server.ask('report');
    const played = await child.ask('play', { seconds, warmUp, stall, spread, file }, (warmUp + seconds) * 1_000 + PATIENCE);
    const seen = await server.ask('report');
    await child.ask('leave');
    await listeners?.ask('leave');
    if (seen.encrypted !== (dave ? seen.frames : 0))
      throw new Error(`${library} sent ${seen.frames} frames, and ${seen.encrypted} of them end-to-end encrypted`);
    return {
      library,
      mode,
      sessions,
      cpuPerFrame: played.cpuPerFrame,
      wakes: played.threads.reduce((sum, { wakes }) => sum + wakes, 0) / seconds,
      delivered: seen.frames / played.expected,
      encrypted: seen.encrypted / seen.frames,
      p50: seen.p50,
      p99: seen.p99,
      max: seen.max,
      late99: seen.late99,
      rssPerSession: played.rssPerSession / 1024,
      joinMs,
      joinCpu,
      burstsPerStall: played.stalls === 0 ? NaN : seen.bursts / (played.stalls * sessions),
    };
  } finally {
    await child.end();
  }
}

/** The median of each figure over several runs of the same sender. */
export function medianOf(runs) {
  const [first] = runs;
  return Object.fromEntries(
    Object.entries(first).map(([name, value]) => {
      if (typeof value !== 'number') return [name, value];
      const sorted = runs.map((run) => run[name]).sort((a, b) => a - b);
      return [name, sorted[Math.floor((sorted.length - 1) / 2)]];
    }),
  );
}
