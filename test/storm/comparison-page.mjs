/** The comparison as the tables of docs/storms.md. */
import { readFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';

/** ms; a gap up to this, as two late frames cause, does not count. */
const NO_GAP = 80;
const BEGIN = '<!-- comparison: written by `npm run storm -- --compare --write` -->';
const END = '<!-- end of the comparison -->';

const HEADINGS = {
  rxvoice: 'rxvoice',
  discordjs: 'djs',
  'discordjs-recipe': 'djs, recipe',
  'discordjs-recipe-answered': 'djs, recipe, kind gateway',
};
const CLIENTS = Object.keys(HEADINGS);

/** The page with its tables replaced by these. */
export function withComparison(page, rows, about) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/storms.md has lost the marks between which its tables stand');
  return `${page.slice(0, from)}${BEGIN}\n\n${comparison(rows, about)}\n\n${page.slice(to)}`;
}

/** The compared versions, and the class of machine. */
export async function versions() {
  const manifest = async (path) => JSON.parse(await readFile(path, 'utf8'));
  const own = await manifest(new URL('../../package.json', import.meta.url));
  const djs = await manifest(new URL('../../node_modules/@discordjs/voice/package.json', import.meta.url));
  return `rxvoice ${own.version}, @discordjs/voice ${djs.version}, Node ${process.version}, ${cpus().length} ${arch()} cores, loopback`;
}

/** @param rows the name of a fault, whether it `ends` a membership or is a permanent refusal (`forGood`), and the result of each client */
export function comparison(rows, about) {
  const mended = rows.filter(({ ends, forGood }) => !ends && !forGood);
  const ended = rows.filter(({ ends }) => ends);
  const refused = rows.filter(({ forGood }) => forGood);
  const parts = [`${about}.`];
  if (mended.length > 0) {
    const survived = CLIENTS.map((client) => mended.filter((row) => resultOf(row, client)?.survived).length);
    parts.push(table('fault', mended, silenceCell, ['**audio came back**', ...survived.map((n) => `**${n} of ${mended.length}**`)]));
  }
  if (ended.length > 0) parts.push('What ends the membership: who stays out, and who comes back against the will of a moderator?', table('fault', ended, endCell));
  if (refused.length > 0) parts.push('What no client can mend, in ten seconds: WebSockets opened, and where it ends.', table('refused for good', refused, refusedCell));
  return parts.join('\n\n');
}

/** If the more helpful gateway was not tried, the recipe had already succeeded. */
function resultOf({ results }, client) {
  return results[client] ?? (client === 'discordjs-recipe-answered' ? results['discordjs-recipe'] : undefined);
}

function table(heading, rows, cell, foot) {
  const lines = [[heading, ...Object.values(HEADINGS)], ['---', ...CLIENTS.map(() => '---')]];
  for (const row of rows) lines.push([row.name, ...CLIENTS.map((client) => told(row.results[client], cell))]);
  if (foot !== undefined) lines.push(foot);
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function told(result, cell) {
  if (result === undefined) return 'as before';
  if (result.skipped !== undefined || result.error !== undefined) return 'not held';
  return result.crashed === undefined ? cell(result) : `**the process crashed** (${result.crashed})`;
}

function silenceCell({ survived, silence, lost, joins, state }) {
  if (!survived) return `**silent for good** (${state})`;
  const parts = [silence < NO_GAP ? 'no gap' : `${(silence / 1_000).toFixed(1)} s`];
  if (lost > 0) parts.push(`${lost} lost`);
  if (joins > 0) parts.push(`${joins} ${joins === 1 ? 'join' : 'joins'}`);
  return parts.join(', ');
}

function endCell({ survived, silence, state }) {
  return survived ? `back after ${(silence / 1_000).toFixed(1)} s` : `out (${state})`;
}

function refusedCell({ sockets, joins, state }) {
  return `${sockets} sockets, ${joins} joins (${state})`;
}
