/**
 * Measures what a song costs: CPU and memory of the nodes, and traffic over NATS. The bot's connection counts the traffic between the bot and the
 * nodes. The counters of the nats-server contain all traffic, including renewals of leases and messages of watches.
 */

import { POSITIONS } from './permissions.mjs';

/** Reads the counters so far. `nodes` are RemoteNodes, `bot` is a RemoteBot. */
export async function used({ nodes, bot, nats }) {
  const [own, bots, server, positions] = await Promise.all([Promise.all(nodes.map((node) => node.usage())), bot?.stats(), nats.figures(), nats.stream(POSITIONS)]);
  const sum = (name) => own.reduce((total, one) => total + one[name], 0);
  return { cpu: sum('cpu'), rss: sum('rss'), bot: bots, server, positions };
}

/**
 * Returns rows of tables: the costs per second of one song, and of all songs.
 *
 * @param idle the counters before there was a song
 * @param before the counters at the start of the measured time; `after`: those at its end
 */
export function costs({ idle, before, after, songs, ms }) {
  const seconds = ms / 1_000;
  const rate = (from, to) => (to - from) / seconds;
  const between = (name) => rate(before.bot[name], after.bot[name]);
  const through = (name) => rate(before.server[name], after.server[name]);
  const round = (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value.toFixed(2))]));
  const whole = {
    'messages to bot': between('inMsgs'),
    'bytes to bot': between('inBytes'),
    'messages to node': between('outMsgs'),
    'bytes to node': between('outBytes'),
    'messages in': through('in_msgs'),
    'bytes in': through('in_bytes'),
    'messages out': through('out_msgs'),
    'bytes out': through('out_bytes'),
  };
  const perSong = Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, value / songs]));
  return {
    song: round({ 'node CPU ms': rate(before.cpu, after.cpu) / songs, 'node MB': (after.rss - idle.rss) / songs / 1e6, ...perSong }),
    all: round({ 'node CPU ms': rate(before.cpu, after.cpu), 'node MB': after.rss / 1e6, ...whole }),
    checkpoints: checkpointCosts(before.positions, after.positions, rate, songs),
    nats: { 'CPU %': after.server.cpu, MB: Math.round(after.server.mem / 1e6) },
  };
}

/** The writes and bytes per second of all checkpoints, and the bytes of one song in a checkpoint, including its share of the entry's overhead. */
function checkpointCosts(before, after, rate, songs) {
  const bytes = after.entries === 0 ? 0 : after.bytes / after.entries;
  const writes = rate(before.writes, after.writes);
  return { 'writes a second': Number(writes.toFixed(2)), 'bytes a second': Math.round(writes * bytes), 'bytes of a song': Number((after.bytes / songs).toFixed(1)) };
}
