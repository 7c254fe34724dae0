/** Real ffmpeg for the tests that need one. Where it is missing they say so aloud, and check nothing. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, it } from 'vitest';

const run = promisify(execFile);

function installed(program: string, argument: string): boolean {
  return spawnSync(program, [argument], { stdio: 'ignore' }).status === 0;
}

/** A test that needs programs; without one of them the test passes by saying that nothing was checked. */
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

/** A folder that is gone when the tests of the file are over. */
export function temporaryFolder(): string {
  // The files of a worker may share this module, and so the folder: each makes it anew.
  beforeAll(() => void mkdirSync(folder, { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Ten seconds of 440 Hz are made by `['-f', 'lavfi', '-i', tone(10)]`; an amplitude of 1/8 in each channel of mono. */
export function tone(seconds: number, rate = 48_000, hertz = 440): string {
  return `sine=frequency=${hertz}:sample_rate=${rate}:duration=${seconds}`;
}

/** Runs ffmpeg, and returns the path of what it made. */
export async function make(name: string, ...options: string[]): Promise<string> {
  const path = join(folder, name);
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...options, path]);
  return path;
}

/** Encodes a WAV file with opusenc. */
export async function makeWithOpusenc(name: string, wav: string, ...options: string[]): Promise<string> {
  const path = join(folder, name);
  await run('opusenc', ['--quiet', ...options, wav, path]);
  return path;
}

/** The packets of the first audio track, as ffprobe counts them. */
export async function countPackets(path: string): Promise<number> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-select_streams', 'a:0', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', path]); // prettier-ignore
  return Number.parseInt(stdout, 10);
}

/** The MD5 sums of the packets of the first audio track, as ffmpeg's own demuxer takes them out. */
export async function packetSums(path: string): Promise<string[]> {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-nostdin', '-i', path, '-map', '0:a:0', '-c', 'copy', '-f', 'framehash', '-hash', 'md5', 'pipe:1'], { maxBuffer: 1e8 }); // prettier-ignore
  return stdout.split('\n').filter((line) => /^\d/.test(line)).map((line) => line.split(',')[5]!.trim());
}

export const bytesOf = (path: string): Uint8Array => readFileSync(path);

/** Processes whose command line holds this text. */
export function processesWith(text: string): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line.includes(text) && line.includes('ffmpeg') && !line.includes('ps -eo'));
}
