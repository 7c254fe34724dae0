/** The visits as a table of docs/strangers.md. */
import { FRAMES, type Visit } from './visit.js';
import type { Profile } from './profiles.js';

export const BEGIN = '<!-- profiles: written by `npm run strangers:table` -->';
export const END = '<!-- end of the profiles -->';

/** A profile, and its visit in each mode. */
export interface Row {
  readonly profile: Profile;
  readonly visits: readonly [aes: Visit, xchacha: Visit];
}

export function tableOf(rows: readonly Row[]): string {
  const heads = ['speaks as', 'version', 'DAVE', 'op 5', 'heartbeat', 'its answer', 'keepalives', 'suspicious', 'heard, hearing: AES', 'XChaCha20'];
  const lines = [heads, heads.map(() => '---'), ...rows.map(cells)];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** The page with its table replaced by this. */
export function withTable(page: string, table: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('docs/strangers.md has lost the marks of the profiles');
  return `${page.slice(0, from)}${BEGIN}\n\n${table}\n\n${page.slice(to)}`;
}

function cells({ profile, visits: [aes, xchacha] }: Row): string[] {
  const [[beat, answer]] = aes.beats as [readonly [string, string]];
  const [sent, taken] = aes.keepalives;
  const lengths = [...new Set(profile.keepalives(0).map(({ length }) => length))].join(' and ');
  return [
    profile.name,
    profile.version === undefined ? 'none, so 4' : String(profile.version),
    profile.dave ? 'yes' : 'no',
    code(JSON.stringify(profile.speaking(1_001))),
    code(beat),
    code(answer),
    sent === 0 ? 'none' : `${taken} of ${sent} taken, of ${lengths} bytes`,
    aes.suspicious.length === 0 ? 'nothing' : aes.suspicious.join(', '),
    heardOf(aes),
    heardOf(xchacha),
  ];
}

function heardOf({ heard, hearing }: Visit): string {
  return `${heard}, ${hearing} of ${FRAMES}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
