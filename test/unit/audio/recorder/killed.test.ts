/** A recording whose process is killed, with no chance to finish anything. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { oggOpus } from '../../../../src/audio/index.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { collect, texts } from '../../../support/collect.js';
import { itWithFfmpeg, processesWith } from '../../../support/ffmpeg.js';
import { oggPackets, parseWav } from '../../../support/recordings.js';

const SCRIPT = fileURLToPath(new URL('../../../support/record-until-killed.mjs', import.meta.url));

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rxvoice-'))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Told {
  readonly ms: number;
  readonly bytes: number;
}

/** Records until so many files have each reported enough; then the process is killed. */
async function killedWhen(files: number, enough: (told: Told) => boolean, ...options: readonly string[]): Promise<Map<string, Told>> {
  const child = spawn(process.execPath, [SCRIPT, folder, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const told = new Map<string, Told>();
  for await (const line of createInterface(child.stdout)) {
    const [, path, ms, bytes] = /^progress (.+) ([\d.]+) (\d+)$/.exec(line)!;
    told.set(path!, { ms: Number(ms), bytes: Number(bytes) });
    if (told.size === files && [...told.values()].every(enough)) break;
  }
  child.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);
  return told;
}

itWithFfmpeg('SIGKILL leaves MP3 and M4A files that are sound, with what was written, and no ffmpeg', async () => {
  const told = await killedWhen(3, ({ bytes }) => bytes > 12_000, 'user-mp3,mix-m4a', '96004');
  for (let tries = 0; tries < 200 && processesWith('-b:a 96004').length > 0; tries++) await new Promise(setImmediate);
  expect(processesWith('-b:a 96004')).toEqual([]);
  for (const [path, { bytes }] of told) {
    expect(statSync(path).size).toBeGreaterThanOrEqual(bytes);
    const seconds = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path], { encoding: 'utf8' });
    expect(Number(seconds), path).toBeGreaterThan(0.7);
  }
});

it('SIGKILL leaves files that are sound, and hold all that was told of', async () => {
  const told = await killedWhen(6, ({ ms }) => ms >= 1_000, 'user-ogg,user-wav,mix-wav,mix-ogg');

  expect(readdirSync(folder).sort()).toEqual(['1.ogg', '1.wav', '2.ogg', '2.wav', 'mix.ogg', 'mix.wav']);
  expect(new Set(told.keys())).toEqual(new Set(readdirSync(folder).map((name) => join(folder, name))));
  const song = new Set(texts((await collect(oggOpus(readFileSync('src/cli/demo/song.opus')))).items));
  for (const [path, { ms }] of told) {
    const bytes = readFileSync(path);
    if (path.endsWith('.wav')) {
      const { pcm } = parseWav(bytes);
      expect(pcm.length).toBeGreaterThanOrEqual(ms * 96);
      expect(pcm.some((sample) => Math.abs(sample) > 500)).toBe(true);
      continue;
    }
    const { items, error } = await collect(oggOpus(bytes));
    expect(error).toBeUndefined();
    expect(texts(items)).toEqual(texts(oggPackets(bytes)));
    expect(items.reduce((sum, frame) => sum + Number(opusPacketSamples(frame)), 0)).toBeGreaterThanOrEqual(ms * 48);
    // 50 packets per second; where the sender's timer was late, there is silence between them.
    if (!path.endsWith('mix.ogg')) expect(texts(items).filter((frame) => song.has(frame)).length).toBeGreaterThan(25);
  }
});
