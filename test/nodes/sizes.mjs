/**
 * `node test/nodes/sizes.mjs [--songs 1000,10000,100000] [--cells 1]`: calculates the size of a fleet from what a song costs. The defaults are the costs in
 * docs/fleets.md, measured by `npm run test:nodes -- --songs 150 --costs 10`; for another machine, pass what that prints there as options.
 *
 * - `--cpu`: ms of a core per second for each song; `--idle`: those for each node that has songs
 * - `--memory`: MB for each song; `--base`: MB for each node that has songs
 * - `--told`: bytes per second sent to the bot for each song
 * - `--node`: songs per node, which should be two thirds of its capacity; `--bot`: songs per process of the bot
 * - `--lease`: ms; `--checkpoint`: ms between two checkpoints (0: none); `--position`: bytes of a song in one; `--track`: seconds until another song plays in its place
 */
import { parseArgs } from 'node:util';

const DEFAULTS = { songs: '1000,10000,100000', cells: '1', cpu: '1.16', idle: '49', memory: '0.74', base: '105', told: '2030', node: '333', bot: '2500', lease: '20000', checkpoint: '5000', position: '114', track: '240' };
const { values } = parseArgs({ options: Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, { type: 'string', default: value }])) });
const { cells, cpu, idle, memory, base, told, node, bot, lease, checkpoint, position, track } = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));

/** Renewals of a node per lease. */
const RENEWALS = 8;
/** Messages per second from a node to a process of the bot that has songs there. */
const TELLINGS = 10;
const FRAMES = 50;
/** Bytes of a frame of 64 kbit/s, plus those of RTP, tag, nonce, UDP and IP. */
const DATAGRAM_BYTES = 160 + 60;

/**
 * Mean seconds from one checkpoint of a node to the next: the interval, or less if a song ends or begins, but at least a fifth of the interval. Assumes that
 * songs end at random times.
 */
function untilCheckpoint(songs) {
  const [all, least, edges] = [checkpoint / 1_000, checkpoint / 5_000, (2 * songs) / track];
  return least + (Math.exp(-edges * least) - Math.exp(-edges * all)) / edges;
}

/** Returns the row for a number of songs. A cell is a separate fleet; some columns are for one cell, the others for all. */
function size(songs) {
  const nodes = Math.ceil(songs / node / cells);
  const bots = Math.ceil(songs / bot / cells);
  const links = Math.min(nodes * bots, Math.ceil(songs / cells));
  const renewals = (nodes * RENEWALS) / (lease / 1_000);
  const checkpoints = checkpoint === 0 ? 0 : nodes / untilCheckpoint(songs / cells / nodes);
  return {
    songs,
    nodes: nodes * cells,
    'bot processes': bots * cells,
    'cores busy': (songs * cpu + nodes * cells * idle) / 1_000,
    'node GB': (songs * memory + nodes * cells * base) / 1_000,
    'UDP MB/s': (songs * FRAMES * DATAGRAM_BYTES) / 1e6,
    'links of a cell': links,
    'msg/s in': links * TELLINGS,
    'MB/s in': (songs * told) / cells / 1e6,
    'KV writes/s': renewals,
    'checkpoints/s': checkpoints,
    'their MB/s': (checkpoints * (songs / cells / nodes) * position) / 1e6,
    'watch msg/s': renewals * bots,
  };
}

console.table(values.songs.split(',').map((songs) => Object.fromEntries(Object.entries(size(Number(songs))).map(([name, value]) => [name, Number(value.toPrecision(3))]))));
