/** The command line as a process of its own, with real pipes, files and terminals, as users meet it. `npm test` builds it. */
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav, oggOpus } from '../../src/audio/index.js';
import { columnsOf } from '../../src/cli/terminal/text.js';
import { collect } from '../support/collect.js';
import { oggFile } from '../support/ogg-writer.js';
import { endAll, rxvoice as startRxvoice, shell as startShell, terminal, type Ended } from '../support/rxvoice-process.js';

const SONG = fileURLToPath(new URL('../../src/cli/demo/song.opus', import.meta.url));
const VERSION = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
  writeFileSync(join(folder, 'short.opus'), oggFile((await collect(oggOpus(readFileSync(SONG)))).items.slice(0, 25)));
});
afterAll(() => {
  endAll();
  rmSync(folder, { recursive: true });
});

const rxvoice = (...args: string[]): Promise<Ended> => startRxvoice(args, folder).ended;
const shell = (line: string): Promise<Ended> => startShell(line, folder).ended;
const STACK = /^ +at /m;

// Concurrent: each test has its own process, which mostly starts up or waits for the pace, and its own file names.
describe.concurrent('rxvoice', () => {
  it.each(['--version', '-v'])('%s says which', async (option) => {
    expect(await rxvoice(option)).toEqual({ status: 0, out: `${VERSION}\n`, err: '' });
  });

  it.each(['--help', '-h'])('%s tells of each command', async (option) => {
    const { status, out, err } = await rxvoice(option);
    expect([status, err]).toEqual([0, '']);
    for (const part of ['rxvoice demo [FILE.opus] [--wav FILE.wav]', 'rxvoice play ', 'rxvoice record ', 'rxvoice serve ', 'rxvoice doctor ', '--version', '--help']) expect(out).toContain(part);
  });

  it.each([
    ['demo --help', '--wav FILE'],
    ['demo song.opus -h', '--wav FILE'],
    ['play --help', '--volume PERCENT'],
    ['record --help', '--kind KIND'],
    ['serve -h', '--port N'],
    ['doctor --help', '--ffmpeg PATH'],
  ])('%s tells of each option', async (line, option) => {
    const { status, out, err } = await rxvoice(...line.split(' '));
    expect([status, err]).toEqual([0, '']);
    for (const part of [`rxvoice ${line.split(' ')[0]!} `, option, '--version', '--help']) expect(out).toContain(part);
    for (const row of out.split('\n')) expect(row.length, row).toBeLessThanOrEqual(100);
  });

  it.each([
    [[], 'which command?'],
    [['dmeo'], "there is no command 'dmeo'"],
    [['--wav', 'x.wav', 'demo'], 'first the command, then --wav'],
    [['demo', '--vaw', 'x.wav'], "Unknown option '--vaw'"],
    [['demo', '--wav'], "'--wav <value>' argument missing"],
    [['demo', 'a.opus', 'b.opus', 'c.opus'], 'one file at a time, not also b.opus, c.opus'],
  ])('%s is misuse: the reason, the usage, and 2', async (args, reason) => {
    const { status, out, err } = await rxvoice(...args);
    expect([status, out]).toEqual([2, '']);
    expect(err.split('\n')[0]).toContain(`rxvoice: `);
    expect(err.split('\n')[0]).toContain(reason);
    expect(err).toContain('Usage\n  rxvoice ');
  });
});

describe.concurrent('rxvoice demo --wav', () => {
  it.each([
    ['itself', (song: string) => song],
    ['itself by another spelling', (song: string) => join(folder, '.', song)],
    ['a link to it', (song: string) => (symlinkSync(song, join(folder, `to-${song}`)), `to-${song}`)],
    ['a second name of it', (song: string) => (linkSync(join(folder, song), join(folder, `also-${song}`)), `also-${song}`)],
  ])('does not write over the song: %s', async (what, name) => {
    const song = `${what.replaceAll(' ', '-')}.opus`;
    const bytes = readFileSync(join(folder, 'short.opus'));
    writeFileSync(join(folder, song), bytes);
    const { status, err } = await rxvoice('demo', song, '--wav', name(song));
    expect(status).toBe(1);
    expect(err).toMatch(/is the file that is played, and would be written over: name another file with --wav\n$/);
    expect(readFileSync(join(folder, song)).equals(bytes)).toBe(true);
  });

  it('does not write over a file that is no WAV, but over one that is', async () => {
    writeFileSync(join(folder, 'thesis.txt'), 'three years of work');
    const { status, err } = await rxvoice('demo', 'short.opus', '--wav', 'thesis.txt');
    expect([status, err]).toEqual([1, 'rxvoice: thesis.txt is no WAV file, and would be written over: name another file with --wav\n']);
    expect(readFileSync(join(folder, 'thesis.txt'), 'utf8')).toBe('three years of work');
    writeFileSync(join(folder, 'heard.wav'), encodeWav([new Int16Array(9_600)], { sampleRate: 48_000, channels: 2 }));
    expect((await rxvoice('demo', 'short.opus', '--wav', 'heard.wav')).status).toBe(0);
    expect(readFileSync(join(folder, 'heard.wav')).length).toBeGreaterThan(20_000);
  });

  it.each([
    ['nowhere/x.wav', 'its folder does not exist'],
    ['short.opus/x.wav', 'what should be its folder is a file'],
    ['.', 'it is a folder'],
    ...(existsSync('/dev/full') ? [['/dev/full', 'the disk is full']] : []),
  ])('%s is told in a line', async (path, reason) => {
    const err = `rxvoice: ${path} cannot be written (${reason}): name another file with --wav\n`;
    expect(await rxvoice('demo', 'short.opus', '--wav', path!)).toEqual({ status: 1, out: '', err });
  });

  it('in a folder without permission is told in a line', async () => {
    mkdirSync(join(folder, 'theirs'), { mode: 0o555 });
    // root may write everywhere except in the kernel's own folders.
    const path = process.getuid?.() === 0 ? '/proc/self/rxvoice.wav' : 'theirs/x.wav';
    const { status, err } = await rxvoice('demo', 'short.opus', '--wav', path);
    expect(status).toBe(1);
    expect(err).toMatch(/^rxvoice: .* cannot be written \(.*\): name another file with --wav\n$/);
  });

  it('that can hold only a part tells so at the end, and plays on until then', async () => {
    const { status, out, err } = await shell('ulimit -f 32; rxvoice demo short.opus --wav part.wav');
    expect([status, err]).toEqual([1, '']);
    expect(out).toContain('every frame arrived, byte for byte; part.wav cannot be written (it may not grow further): name another file');
    const wav = readFileSync(join(folder, 'part.wav'));
    expect(wav.length).toBe(32 * 1024);
    expect(wav.readUInt32LE(40)).toBeLessThanOrEqual(wav.length - 44);
  });
});

describe.concurrent('rxvoice demo', () => {
  it('plays, into a pipe, without colours or a moving bar', async () => {
    const { status, out, err } = await rxvoice('demo', 'short.opus');
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain('every frame arrived, byte for byte; what was heard is in rxvoice-demo.wav');
    expect(out).not.toMatch(/[\r\x1b]/);
  });

  it.each([
    ['rxvoice demo --wav head.wav | head -n 1', 141],
    ['rxvoice demo --wav true.wav | true', 141],
    ['rxvoice --help | true', 0],
  ])('%s ends without a word when nobody reads on', async (line, status) => {
    const ended = await shell(line);
    expect(ended.err).toBe('');
    // `true` may exit before or after the text is written.
    expect([status, 0]).toContain(ended.status);
  });

  it('stops at Ctrl-C with 130, and leaves a WAV file that plays', async () => {
    const { child, until, ended } = startRxvoice(['demo', '--wav', 'stopped.wav'], folder);
    await until(/Playing\n/);
    child.kill('SIGINT');
    const { status, out, err } = await ended;
    expect([status, err]).toEqual([130, '']);
    expect(out).toContain('interrupted; what was heard is in stopped.wav');
    const wav = readFileSync(join(folder, 'stopped.wav'));
    expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
  });

  it.each([20, 60])('in a terminal of %d columns has a bar that stays on its line', async (columns) => {
    const running = terminal(['demo', 'short.opus', '--wav', `tty-${columns}.wav`], columns, folder);
    if (running === undefined) return console.log(`not checked at ${columns} columns: there is no script(1) here`);
    const { status, out } = await running.ended;
    expect(status).toBe(0);
    const drawn = out.split('Playing')[1]!.split('What the other')[0]!.split('\r').filter((part) => part.includes(' / '));
    expect(drawn.length).toBeGreaterThan(2);
    for (const bar of drawn) expect(columnsOf(bar.replace('\x1b[K', '')), bar).toBeLessThan(columns);
  });

  it('has no stack traces for any of this', async () => {
    const lines = ['rxvoice demo none.opus', 'rxvoice demo . ', 'rxvoice demo --wav /', 'rxvoice demo short.opus --wav a/b > /dev/null'];
    for (const { err } of await Promise.all(lines.map(shell))) expect(err).not.toMatch(STACK);
  });
});
