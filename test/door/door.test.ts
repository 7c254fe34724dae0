/** Every client joins: as each library speaks, in both modes. The table of it is in docs/strangers.md; RXVOICE_WRITE=1 writes it. */
import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { tableOf, withTable, type Row } from './page.js';
import { PROFILES } from './profiles.js';
import { FRAMES, visit } from './visit.js';

const PAGE = new URL('../../docs/strangers.md', import.meta.url);
const MODES = ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'] as const;
/** ms; a visit takes one second, on a machine with nothing else to do. */
const PATIENCE = 120_000;

const rows: Row[] = [];
beforeAll(async () => {
  for (const profile of PROFILES) {
    const [aes, xchacha] = await Promise.all(MODES.map((mode) => visit(profile, mode)));
    rows.push({ profile, visits: [aes!, xchacha!] });
  }
}, PATIENCE);

describe.each(PROFILES.map(({ name }, i) => [name, i] as const))('who speaks as %s', (_, i) => {
  it.each(MODES.map((mode, m) => [mode, m as 0 | 1] as const))('is let in, heard and hears, by %s', (_mode, m) => {
    const { heard, hearing } = rows[i]!.visits[m];
    expect([heard, hearing]).toEqual([FRAMES, FRAMES]);
  });

  it('gets its heartbeats back digit by digit', () => {
    for (const { beats } of rows[i]!.visits)
      for (const [sent, answered] of beats) expect(answered).toBe(sent.replace(/,"seq_ack":-1/, ''));
  });

  it('sends nothing malformed, and has all its keepalives taken', () => {
    for (const { keepalives: [sent, taken], malformed } of rows[i]!.visits) expect([taken, malformed]).toEqual([sent, 0]); // prettier-ignore
  });

  it('is not suspicious', () => {
    for (const { suspicious } of rows[i]!.visits) expect(suspicious).toEqual([]);
  });
});

it('docs/strangers.md has this table', async () => {
  const page = await readFile(PAGE, 'utf8');
  const wanted = withTable(page, tableOf(rows));
  if (process.env['RXVOICE_WRITE'] === '1') await writeFile(PAGE, wanted);
  else expect(page).toBe(wanted);
});
