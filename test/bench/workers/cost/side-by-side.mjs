/**
 * Senders run at the same time, each with its own voice server, so other work of the machine affects all of them alike. Within each sender, all sessions
 * share their wake-ups: otherwise chance decides how many share one, which has a larger effect than what is measured.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../../channel.mjs';

/** ms that a sender may take in addition to the time that it plays. */
const PATIENCE = 40_000;
/** ms for which a sender is stopped once all play. A delay of more than 100 ms is not caught up, so all its sessions are due at the same times afterwards. */
const STILL = 250;

/**
 * @param senders `{ library, mode, file }`; with `file`, the library plays a file that it opens by itself
 * @param options `{ sessions, warmers, windows, seconds, warmUp, spread, identity, env, folder }`; `warmers`: how many play at least during the warm-up; `folder`: for the songs
 * @returns for each sender `{ windows, p99 }`; each window: `{ seconds, cpu, frames, threads }`, µs of CPU of the process
 */
export async function sideBySide(senders, options) {
  const pairs = [];
  try {
    for (const [i, sender] of senders.entries()) pairs.push(await begin(sender, i, options));
    return await Promise.all(pairs.map((pair) => observe(pair, options)));
  } finally {
    await Promise.all(pairs.flatMap(({ player, server }) => [player.end(), server.end()]));
  }
}

async function begin({ library, mode, file }, index, { sessions, warmers, identity, env, folder }) {
  const server = new Child('./server.mjs', [], { env });
  const player = new Child('./sender.mjs', [library], { env });
  try {
    await server.ask('start', { tls: identity.tls, dave: false });
    const admissions = await server.ask('admit', { count: Math.max(sessions, warmers) });
    await player.ask('join', { admissions, mode, dave: false }, PATIENCE);
    return { server, player, file: file ? join(folder, `song-${index}.opus`) : undefined };
  } catch (error) {
    await Promise.all([player.end(), server.end()]);
    throw error;
  }
}

async function observe({ server, player, file }, { sessions, windows, seconds, warmUp, spread }) {
  const observed = player.ask('observe', { count: sessions, windows, seconds, warmUp, spread, file }, (warmUp + windows * seconds) * 1_000 + PATIENCE);
  observed.catch(() => undefined);
  await sleep(0.75 * warmUp * 1_000);
  player.signal('SIGSTOP');
  await sleep(STILL);
  player.signal('SIGCONT');
  const { seen } = await observed;
  const { p99 } = await server.ask('report');
  await player.ask('leave');
  return { windows: seen, p99 };
}
