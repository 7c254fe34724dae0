/** The figures as a text table, each with its ratio to @discordjs/voice. */

/** CPU as a multiple of that of `bare`. Only with `--floor`. */
const FLOOR_COLUMN = ['overFloor', 'x floor', 2];

/** Name of a figure, its heading, and its number of significant decimals. */
export const COLUMNS = [
  ['cpuPerFrame', 'µs/frame', 2],
  ['delivered', 'delivered', 3],
  ['p50', 'interval p50', 2],
  ['p99', 'p99', 2],
  ['max', 'max ms', 1],
  ['late99', 'late p99', 2],
  ['rssPerSession', 'RSS KB/sess', 0],
  ['joinMs', 'join ms', 0],
  ['joinCpu', 'join CPU ms', 0],
];

export const STALL_COLUMNS = [
  ['p99', 'interval p99', 1],
  ['max', 'max ms', 1],
  ['burstsPerStall', 'sent < 5 ms apart, per stall', 2],
];

/** `beyond`: cost minus that of reading and ignoring the datagrams. `heard`: share of the frames due. */
export const RECEIVE_COLUMNS = [
  ['cpuPerPacket', 'µs/packet', 2],
  ['beyond', 'beyond the socket', 2],
  ['heard', 'heard', 3],
];

/** `perCore`: members of a call in which one speaks all the time. `p99`: the interval between the speaker's packets at the server. */
export const MEMBER_COLUMNS = [
  ['perCopy', 'µs/copy', 2],
  ['perCore', 'members a core', 0],
  ['delivered', 'delivered', 3],
  ['p99', 'interval p99', 2],
];

/** µs of CPU per sent frame, with a source each and with one broadcast. `ratio`: the second divided by the first. `paced`: share of due frames sent. */
export const RADIO_COLUMNS = [
  ['sources', 'µs/frame, a source each', 2],
  ['radio', 'one radio', 2],
  ['ratio', 'ratio', 3],
  ['pacedSources', 'sent, a source each', 3],
  ['pacedRadio', 'one radio', 3],
  ['missed', 'missed', 0],
];

const SHORT = { aead_aes256_gcm_rtpsize: 'AES-256-GCM', aead_xchacha20_poly1305_rtpsize: 'XChaCha20' };

/** @param rows measurements of one number of sessions; the others are divided by the first row of `discordjs` */
export function table(rows, given = COLUMNS, title = 'sender') {
  const base = rows.find(({ library }) => library === 'discordjs');
  const columns = rows.some(({ overFloor }) => overFloor > 0) ? [...given, FLOOR_COLUMN] : given;
  const lines = [[title, ...columns.map(([, heading]) => heading)]];
  for (const row of rows) {
    const name = `${row.library} ${SHORT[row.mode] ?? ''}`.trimEnd();
    lines.push([name, ...columns.map(([key, , digits]) => cell(row, base, key, digits))]);
  }
  const widths = lines[0].map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  return lines.map((line) => line.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join('  ')).join('\n');
}

/** @param rows measurements of one number of sessions, which may include `bare`. @param figure the name of the CPU figure */
export function overFloor(rows, figure) {
  const floor = rows.find(({ library }) => library === 'bare')?.[figure];
  return floor === undefined ? rows : rows.map((row) => ({ ...row, overFloor: row[figure] / floor }));
}

function cell(row, base, key, digits) {
  const text = Number.isNaN(row[key]) ? '-' : row[key].toFixed(digits);
  if (row === base || base === undefined || key === 'overFloor' || !(base[key] > 0) || text === '-') return text;
  return `${text} (${(row[key] / base[key]).toFixed(2)}x)`;
}
