/** Real ffmpeg for the tests that need it. If it is missing, they print a warning and check nothing. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, it } from 'vitest';

const run = promisify(execFile);

function installed(program: string, argument: string): boolean {
  return spawnSync(program, [argument], { stdio: 'ignore' }).status === 0;
}

/** A test that needs programs. If one is missing, the test passes with a warning that nothing was checked. */
function itWith(programs: Readonly<Record<string, string>>): (name: string, body: () => Promise<void>) => void {
  const missing = Object.entries(programs).find(([program, argument]) => !installed(program, argument))?.[0];
  return (name, body) => {
    if (missing === undefined) it(name, body);
    else it(`${name} (not checked)`, () => console.warn(`not checked: ${missing} is not installed: ${name}`));
  };
}

export const itWithFfmpeg = itWith({ ffmpeg: '-version', ffprobe: '-version' });
export const itWithOpusenc = itWith({ opusenc: '--version', ffmpeg: '-version' });

const folder = mkdtempSync(join(tmpdir(), 'rxvoice-test-'));

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  // Test files of one worker may share this module, and so the folder: each file creates it again.
  beforeAll(() => void mkdirSync(folder, { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `['-f', 'lavfi', '-i', tone(10)]` makes ten seconds of 440 Hz, mono, with an amplitude of 1/8. */
export function tone(seconds: number, rate = 48_000, hertz = 440): string {
  return `sine=frequency=${hertz}:sample_rate=${rate}:duration=${seconds}`;
}

/** Runs ffmpeg, and returns the path of its output. */
export async function make(name: string, ...options: string[]): Promise<string> {
  const path = join(folder, name);
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...options, path]);
  return path;
}

/** A file that {@link makeAll} makes: the input to use, the options, and its name. */
export type Wanted = readonly [input: number | string, options: readonly string[], name: string];

/** Runs ffmpeg once for many files, because most of the cost of a short file is starting ffmpeg. */
export async function makeAll(inputs: readonly string[], wanted: readonly Wanted[]): Promise<void> {
  const outputs = wanted.flatMap(([input, options, name]) => ['-map', String(input), ...options, join(folder, name)]);
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...inputs, ...outputs]);
}

/** The path of an MP3 of `seconds`, made of the same ten seconds repeated, because encoding ten minutes takes seconds. */
export async function makeLong(name: string, seconds: number): Promise<string> {
  const bare = ['-write_xing', '0', '-id3v2_version', '0'];
  const part = bytesOf(await make(`part-of-${name}`, '-f', 'lavfi', '-i', tone(10), ...bare));
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(Array.from({ length: Math.ceil(seconds / 10) }, () => part)));
  return path;
}

/** Encodes a WAV file with opusenc. */
export async function makeWithOpusenc(name: string, wav: string, ...options: string[]): Promise<string> {
  const path = join(folder, name);
  await run('opusenc', ['--quiet', ...options, wav, path]);
  return path;
}

/** The MD5 sums of the packets of each file's first audio track, as ffmpeg's demuxer extracts them; one process for all files. */
export async function packetSums(paths: readonly string[]): Promise<string[][]> {
  const inputs = paths.flatMap((path) => ['-i', path]);
  const outputs = paths.flatMap((path, i) => ['-map', `${i}:a:0`, '-c', 'copy', '-f', 'framehash', '-hash', 'md5', `${path}.sums`]);
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...inputs, ...outputs]);
  const lines = paths.map((path) => readFileSync(`${path}.sums`, 'utf8').split('\n').filter((line) => /^\d/.test(line)));
  return lines.map((all) => all.map((line) => line.split(',')[5]!.trim()));
}

export const bytesOf = (path: string): Uint8Array => readFileSync(path);

/** The ffmpeg processes whose command line contains this text: pid and arguments of each. */
export function processesWith(text: string): string[] {
  return processes().filter((line) => line.includes(text) && line.includes('ffmpeg'));
}

/** On Linux, read from /proc, because starting ps takes longer than what the tests wait for. */
function processes(): string[] {
  if (process.platform !== 'linux') return spawnSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).stdout.split('\n').filter((line) => !line.includes('ps -eo'));
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return pids.flatMap((pid) => {
    try {
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`];
    } catch {
      // The process has ended meanwhile.
      return [];
    }
  });
}

/** Waits up to five seconds until no ffmpeg process has this text in its arguments; returns those that remain. */
export async function endOfProcessesWith(text: string): Promise<string[]> {
  const end = performance.now() + 5_000;
  while (processesWith(text).length > 0 && performance.now() < end) await setTimeout(10);
  return processesWith(text);
}
