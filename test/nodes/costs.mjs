/**
 * What a song costs: CPU and memory of the nodes, and what passes through NATS. The bot's connection says what is between it and the nodes; the
 * nats-server's own account has all of it, with the renewals of leases and what watches are told.
 */

import { POSITIONS } from './permissions.mjs';

/** What has been used until now. `nodes` are RemoteNodes, `bot` a RemoteBot. */
export async function used({ nodes, bot, nats }) {
  const [own, bots, server, positions] = await Promise.all([Promise.all(nodes.map((node) => node.usage())), bot?.stats(), nats.figures(), nats.stream(POSITIONS)]);
  const sum = (name) => own.reduce((total, one) => total + one[name], 0);
  return { cpu: sum('cpu'), rss: sum('rss'), bot: bots, server, positions };
}

/**
 * The rows of a table: of a song a second, and of the whole a second.
 *
 * @param idle what was used as there was no song yet
 * @param before at the begin of the time, `after` at its end
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

/** Of the whole a second, and the bytes that a song takes in one: with its share of the entry's own. */
function checkpointCosts(before, after, rate, songs) {
  const bytes = after.entries === 0 ? 0 : after.bytes / after.entries;
  const writes = rate(before.writes, after.writes);
  return { 'writes a second': Number(writes.toFixed(2)), 'bytes a second': Math.round(writes * bytes), 'bytes of a song': Number((after.bytes / songs).toFixed(1)) };
}
