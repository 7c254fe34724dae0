/** A recording whose process is killed, with no chance to finish anything. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { oggOpus } from '../../../../src/audio/index.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { collect, texts } from '../../../support/collect.js';
import { oggPackets, parseWav } from '../../../support/recordings.js';

const SCRIPT = fileURLToPath(new URL('../../../support/record-until-killed.mjs', import.meta.url));

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rxvoice-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('SIGKILL leaves files that are sound, and hold all that was told of', async () => {
  const child = spawn(process.execPath, [SCRIPT, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const told = new Map<string, number>();
  for await (const line of createInterface(child.stdout)) {
    const [, path, ms] = /^progress (.+) ([\d.]+)$/.exec(line)!;
    told.set(path!, Number(ms));
    if (told.size === 6 && Math.min(...told.values()) >= 1_000) break;
  }
  child.kill('SIGKILL');
  expect(await exited).toEqual([null, 'SIGKILL']);

  expect(readdirSync(folder).sort()).toEqual(['1.ogg', '1.wav', '2.ogg', '2.wav', 'mix.ogg', 'mix.wav']);
  expect(new Set(told.keys())).toEqual(new Set(readdirSync(folder).map((name) => join(folder, name))));
  const song = new Set(texts((await collect(oggOpus(readFileSync('src/cli/demo/song.opus')))).items));
  for (const [path, ms] of told) {
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
    // 50 a second; where the sender's timer was late, there is silence between them.
    if (!path.endsWith('mix.ogg')) expect(texts(items).filter((frame) => song.has(frame)).length).toBeGreaterThan(25);
  }
});
