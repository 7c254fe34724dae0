/** Tests the strangers' tests without Python: rxvoice takes the stranger's place, with and without faults. */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loopbackCertificate } from '../support/certificate.js';

const run = promisify(execFile);
const HERE = fileURLToPath(new URL('.', import.meta.url));
const COLUMNS = ['joins', 'heard', 'hearing', 'moved', 'recovered', 'left and back'];
/** Fewer than the strangers' own 100, because this does not test the sound. */
const FRAMES = 40;
const ALL = `${FRAMES} of ${FRAMES}`;
const DEADLINE = 120_000;

interface Cell {
  readonly column: string;
  readonly result?: string;
  readonly failure?: string;
  readonly words?: string;
}

let folder: string;
let ca: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rxvoice-strangers-'));
  ca = join(folder, 'ca.pem');
  await writeFile(ca, (await loopbackCertificate()).cert);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The cells of a guest with the given fault, or with none. */
async function cellsOf(...wrong: string[]): Promise<readonly Cell[]> {
  const child = fork(join(HERE, 'row.mjs'), {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: ca, RXVOICE_FRAMES: String(FRAMES) },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const command = { program: process.execPath, args: [join(HERE, 'rxvoice/driver.mjs'), ...wrong], env: {} };
  const answer = once(child, 'message');
  child.send({ type: 'row', name: 'rxvoice', command, tls: await loopbackCertificate() });
  const [{ value, error }] = (await answer) as [{ value?: { cells: readonly Cell[] }; error?: string }];
  expect(error).toBeUndefined();
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
  return value!.cells;
}

describe.concurrent('the steps', () => {
  it('are all passed by a guest that does them', { timeout: DEADLINE }, async () => {
    expect(await cellsOf()).toEqual(COLUMNS.map((column) => ({ column, result: column === 'joins' ? 'yes' : ALL })));
  });

  it('see what a guest alters, and go on: each in a call that it has entered anew', { timeout: DEADLINE }, async () => {
    const [joins, heard, ...others] = await cellsOf('alters');
    expect([joins, heard]).toMatchObject([{ result: 'yes' }, { result: ALL }]);
    const failure = `the stranger heard 0 of ${FRAMES} of rxvoice, the stranger heard 0 of ${FRAMES} of @discordjs/voice`;
    expect(others).toMatchObject(COLUMNS.slice(2).map((column) => ({ column, failure })));
  });

  it('end at the door for who does not come in, with the last words', { timeout: DEADLINE }, async () => {
    const [joins, ...others] = await cellsOf('dies');
    expect(joins).toMatchObject({ failure: "'join': the process ended (3)", words: expect.stringContaining('I die') });
    expect(others).toEqual(COLUMNS.slice(1).map((column) => ({ column })));
  });

  it('leave no process behind, even where it would stay', { timeout: DEADLINE }, async () => {
    const [joins] = await cellsOf('stays');
    expect(joins).toMatchObject({ failure: "'join': I stay" });
    const pid = Number(/pid (\d+)/.exec(joins!.words!)![1]);
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});

describe.concurrent('npm run test:strangers', () => {
  it('says what it needs where there is no Python, and fails', async () => {
    const env = { ...process.env, PYTHON: join(folder, 'nowhere') };
    await expect(run(process.execPath, [join(HERE, 'run.mjs')], { env })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/need Python 3\.10 or newer.*apt install python3-venv.*\n.*nowhere' does not do/),
    });
  });

  it('says what it takes when it is given something else', async () => {
    for (const args of [['--only', 'nobody'], ['--fast'], ['--write', '--only', 'discord-py']]) {
      await expect(run(process.execPath, [join(HERE, 'run.mjs'), ...args])).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringContaining('usage: npm run test:strangers'),
      });
    }
  });
});

describe('docs/strangers.md', () => {
  it('has a row for each stranger of ours, of the version that is pinned', async () => {
    const page = await readFile(new URL('../../docs/strangers.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| ([\w.-]+) (\S+) \(/gm)].map(([, library, version]) => `${library}==${version}`);
    const folders = await readdir(HERE, { withFileTypes: true });
    const pins = await Promise.all(folders.map(({ name }) => readFile(join(HERE, name, 'requirements.txt'), 'utf8').catch(() => null)));
    const pinned = pins.filter((text) => text !== null);
    expect(rows.length).toBe(pinned.length);
    for (const [i, text] of pinned.entries()) expect(rows.filter((row) => text.split('\n').includes(row)), `row ${i}`).toHaveLength(1);
  });
});
