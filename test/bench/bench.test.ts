/** Tests that the benchmark itself works, with a short run and no requirement on speed. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('run.mjs', import.meta.url));

interface Row {
  readonly library: string;
  readonly mode: string;
  readonly [figure: string]: number | string;
}

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'rxvoice-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

// All run concurrently: each has its own processes, which mostly wait for the next frame.
describe.concurrent('npm run bench', () => {
  const cases = [
    { dave: 'off', block: 'paced', modes: 'aes', mode: 'aead_aes256_gcm_rtpsize', encrypted: 0, floor: true, printed: 'tables' },
    { dave: 'only', block: 'dave', modes: 'xchacha', mode: 'aead_xchacha20_poly1305_rtpsize', encrypted: 1, floor: false, printed: 'json' },
  ];
  it.each(cases)('measures both libraries, every figure of them, and loses no frame: --dave $dave, $printed', async (given) => {
    const file = join(folder, `${given.dave}.json`);
    const printed = given.printed === 'json' ? ['--json'] : ['--save', file];
    const args = ['--n', '3', '--seconds', '1', '--modes', given.modes, '--dave', given.dave, '--no-stall', ...printed, ...(given.floor ? ['--floor'] : [])];
    const { stdout } = await run(process.execPath, [SCRIPT, ...args]);
    const told = given.printed === 'json' ? stdout : await readFile(file, 'utf8');
    const { [given.block]: rows, ...others } = JSON.parse(told) as Readonly<Record<string, readonly Row[]>>;
    expect(rows!.map(({ library, mode }) => `${library} ${mode}`)).toEqual([
      'discordjs aead_aes256_gcm_rtpsize',
      `rxvoice ${given.mode}`,
      ...(given.floor ? [`bare ${given.mode}`] : []),
    ]);
    for (const row of rows!) {
      expect(row['sessions']).toBe(3);
      expect(row['delivered']).toBe(1);
      // The share of frames that reached the server with end-to-end encryption.
      expect(row['encrypted']).toBe(given.encrypted);
      for (const figure of ['cpuPerFrame', 'p50', 'p99', 'max', 'late99', 'joinMs', 'joinCpu']) expect(row[figure]).toBeGreaterThan(0);
      expect(row['rssPerSession']).toEqual(expect.any(Number));
      expect(row['overFloor']).toEqual(given.floor ? expect.any(Number) : undefined);
    }
    for (const block of Object.values(others).filter(Array.isArray)) expect(block).toEqual([]);
    if (given.printed === 'json') return;
    const lines = stdout.split('\n');
    const heading = lines.findIndex((line) => line.startsWith('sender'));
    expect(lines[heading]!.trim().split(/ {2,}/)).toEqual([
      'sender', 'µs/frame', 'delivered', 'interval p50', 'p99', 'max ms', 'late p99', 'RSS KB/sess', 'join ms', 'join CPU ms', 'x floor',
    ]); // prettier-ignore
    expect(lines.slice(heading + 1, heading + 4).map((line) => line.split(' ')[0])).toEqual(['discordjs', 'rxvoice', 'bare']);
  });

  it('--quality: tells of each network, and is within a point of what the server counted', async () => {
    const { stdout } = await run(process.execPath, [SCRIPT, '--quality', '--seconds', '12', '--json']);
    const { quality } = JSON.parse(stdout) as { readonly quality: readonly Readonly<Record<string, number>>[] };
    expect(quality).toHaveLength(12);
    for (const row of quality) {
      expect(row['reports']).toBeGreaterThan(0);
      expect(row['lossOff']).toBeLessThan(0.01);
      expect(row['jitterOff']).toBeLessThan(0.1);
      // The times depend on this machine, which may be busy.
      expect(row['roundTripTold']).toBeGreaterThan(row['delay']! - 5);
    }
  });

  it('says what it takes when it is given something else', async () => {
    const all = [['--n', '0'], ['--modes', 'rot13'], ['--dave', 'on'], ['--fast']];
    const ended = await Promise.allSettled(all.map((args) => run(process.execPath, [SCRIPT, ...args])));
    const reason = { code: 1, stderr: expect.stringContaining('usage: npm run bench') };
    expect(ended).toMatchObject(all.map(() => ({ status: 'rejected', reason })));
  });
});

describe.concurrent('npm run bench -- --receive', () => {
  const cases = [
    { dave: 'off', name: 'aes', mode: 'aead_aes256_gcm_rtpsize', floor: true },
    { dave: 'only', name: 'xchacha', mode: 'aead_xchacha20_poly1305_rtpsize', floor: false },
  ];
  it.each(cases)('measures both libraries, and each hears every frame: --dave $dave', { timeout: 90_000 }, async ({ dave, name, mode, floor }) => {
    const args = ['--receive', '--n', '3', '--seconds', '1', '--modes', name, '--dave', dave, '--json', ...(floor ? ['--floor'] : [])];
    const { stdout } = await run(process.execPath, [SCRIPT, ...args]);
    const { received, ...others } = JSON.parse(stdout) as Readonly<Record<string, readonly Row[]>>;
    expect(received!.map(({ library, mode }) => `${library} ${mode}`)).toEqual([
      `discordjs ${mode}`,
      `rxvoice ${mode}`,
      ...(floor ? [`bare ${mode}`, `bare socket ${mode}`] : []),
      `nobody ${mode}`,
    ]);
    for (const row of received!) {
      expect(row).toMatchObject({ dave: dave === 'only', speakers: 3 });
      expect(row['cpuPerPacket']).toBeGreaterThan(0);
      expect(row['beyond']).toEqual(expect.any(Number));
      // Without a listener nothing is heard, and JSON has no NaN. djs drops packets that arrive before the announcement of their sender.
      if (row.library === 'nobody' || row.library === 'bare socket') expect(row['heard']).toBeNull();
      else if (row.library !== 'discordjs') expect(row['heard']).toBe(1);
      else expect(row['heard']).toBeGreaterThan(0.9);
    }
    for (const block of Object.values(others).filter(Array.isArray)) expect(block).toEqual([]);
  });
});

describe.concurrent('npm run bench -- --radio', () => {
  it('measures one radio beside a source each, passed and encoded', { timeout: 90_000 }, async () => {
    const { stdout } = await run(process.execPath, [SCRIPT, '--radio', '--n', '3', '--seconds', '1', '--modes', 'aes', '--json']);
    const { radio, ...others } = JSON.parse(stdout) as Readonly<Record<string, readonly Row[]>>;
    expect(radio!.map(({ library, sessions }) => [library, sessions])).toEqual([['Opus, passed', 3], ['WAV, encoded', 3]]); // prettier-ignore
    for (const row of radio!) for (const figure of ['sources', 'radio', 'ratio', 'pacedSources', 'pacedRadio']) expect(row[figure]).toBeGreaterThan(0);
    for (const block of Object.values(others).filter(Array.isArray)) expect(block).toEqual([]);
  });
});

describe.concurrent('npm run bench -- --members', () => {
  it('measures a copy, and that every member is sent every frame', { timeout: 90_000 }, async () => {
    const { stdout } = await run(process.execPath, [SCRIPT, '--members', '--n', '4', '--seconds', '1', '--modes', 'xchacha', '--json']);
    const { members, ...others } = JSON.parse(stdout) as Readonly<Record<string, readonly Row[]>>;
    expect(members).toHaveLength(1);
    expect(members![0]).toMatchObject({ members: 4, delivered: 1 });
    for (const figure of ['perCopy', 'perCore', 'p99']) expect(members![0]![figure]).toBeGreaterThan(0);
    for (const block of Object.values(others).filter(Array.isArray)) expect(block).toEqual([]);
  });
});
