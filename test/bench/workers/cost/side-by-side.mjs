/**
 * Senders at the same time, each with a voice server of its own: whatever else the machine does meets all of them alike. Within each, all sessions share
 * their wake-ups: how many share one is chance otherwise, and costs more than what is looked for.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../../channel.mjs';

/** ms that a sender is given beyond what it plays. */
const PATIENCE = 40_000;
/** ms that a sender stands still once all play: what is later than 100 ms is no more caught up with, so that all its sessions are due at the same times from then on. */
const STILL = 250;

/**
 * @param senders `{ library, mode, file }`; with `file`, what is played is a file that the library opens by itself
 * @param options `{ sessions, warmers, windows, seconds, warmUp, spread, identity, env, folder }`; `warmers`: how many play during the warm-up at least; `folder`: where the songs are to lie
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
