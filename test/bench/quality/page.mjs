/** The comparison as a table, for the terminal and for docs/quality.md. */
import { arch, cpus } from 'node:os';

const BEGIN = '<!-- quality: written by `npm run bench -- --quality --write` -->';
const END = '<!-- end of the quality -->';

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const ms = (value) => value.toFixed(1);
const COLUMNS = [
  ['loss', ({ loss }) => percent(loss)],
  ['delay, ms', ({ delay }) => String(delay)],
  ['reports', ({ reports }) => String(reports)],
  ['lost', ({ lostTruly }) => percent(lostTruly)],
  ['told', ({ lostTold }) => percent(lostTold)],
  ['worst, points', ({ lossOff }) => (lossOff * 100).toFixed(2)],
  ['round trip, ms', ({ roundTripTruly }) => ms(roundTripTruly)],
  ['told', ({ roundTripTold }) => ms(roundTripTold)],
  ['off, p95, ms', ({ roundTripUsuallyOff }) => ms(roundTripUsuallyOff)],
  ['worst, ms', ({ roundTripOff }) => ms(roundTripOff)],
  ['jitter told, ms', ({ jitterTold }) => ms(jitterTold)],
  ['worst, ms', ({ jitterOff }) => jitterOff.toFixed(2)],
];

/** @param rows the result of compareQuality */
export function qualityTable(rows) {
  const lines = [COLUMNS.map(([heading]) => heading), COLUMNS.map(() => '---:'), ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row)))];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** The page with its table replaced by the table of these rows. */
export function withQuality(page, rows, seconds) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/quality.md has lost the marks between which its table stands');
  const about = `Node ${process.version}, ${cpus().length} ${arch()} cores, ${rows.length} sessions at once, ${seconds} s.`;
  return `${page.slice(0, from)}${BEGIN}\n\n${about}\n\n${qualityTable(rows)}\n\n${page.slice(to)}`;
}
