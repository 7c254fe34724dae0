/** The examples, as a reader runs them: each in a process of its own, on real sockets. Needs `npm run build`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeOpusFrames, Downsampler, oggOpus } from '../../src/audio/index.js';
import type { OpusFrame, VoicePacket } from '../../src/index.js';
import { SAMPLES_PER_FRAME, SILENCE_FRAME, SILENCE_FRAMES } from '../../src/protocol/silence.js';
import { collect } from '../support/collect.js';
import { parseWav } from '../support/recordings.js';
import { IN_PROCESS_TIME } from '../support/rxvoice-process.js';

const ROOT = new URL('../../', import.meta.url);
/** None of them takes 10 s on a machine that has nothing else to do. */
const DEADLINE_MS = 60_000;

/** The lines that it prints. It must end by itself, or by Ctrl-C after it prints `interruptAt`, with exit code 0 and without error output. */
async function run(name: string, args: readonly string[] = [], interruptAt?: string): Promise<string[]> {
  const path = fileURLToPath(new URL(`docs/examples/${name}.mjs`, ROOT));
  const child = spawn(process.execPath, [...IN_PROCESS_TIME, path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  let text = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (interruptAt !== undefined && part.includes(interruptAt)) child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
  const [status] = (await once(child, 'close')) as [number | null];
  expect({ status, errors }, text).toEqual({ status: 0, errors: '' });
  return text.trimEnd().split('\n');
}

/** The frames decoded one after the other, in 16 kHz mono. */
function speech(frames: readonly OpusFrame[]): Int16Array {
  const packets = frames.map((frame, i): VoicePacket => {
    const about = { userId: '2', ssrc: 1, marker: false, audioLevel: null, speaking: null };
    return { ...about, sequence: i, timestamp: i * SAMPLES_PER_FRAME, arrival: i * 20, frame };
  });
  const filter = new Downsampler({ rate: 16_000 });
  return Int16Array.from([...decodeOpusFrames(packets)].flatMap(({ pcm }) => [...filter.push(pcm)]));
}

let song: OpusFrame[];
beforeAll(async () => {
  song = (await collect(oggOpus(readFileSync(new URL('src/cli/demo/song.opus', ROOT))))).items;
});

// Concurrent: each example has its own server and mostly waits.
describe.concurrent('the example', () => {
  it('transcribe: gives each utterance to the engine whole, sample for sample', { timeout: DEADLINE_MS }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
    try {
      const lines = await run('transcribe', [folder]);
      // Five frames of silence follow each play and belong to the spurt. 320 samples are 20 ms.
      const samples = lines.map((line) => Number(/^2: (\d+) samples, /.exec(line)?.[1]));
      expect(samples).toEqual([50, 75, 40].map((frames) => (frames + SILENCE_FRAMES) * 320));
      // It is music, by no means silent.
      for (const line of lines) expect(Number(/ at (-\d+) dB$/.exec(line)?.[1])).toBeGreaterThan(-40);
      expect(readdirSync(folder).sort()).toEqual(['1-2.wav', '2-2.wav', '3-2.wav']);
      for (const [name, from, to] of [['1-2.wav', 0, 50], ['2-2.wav', 50, 125], ['3-2.wav', 125, 165]] as const) { // prettier-ignore
        const { channels, rate, pcm } = parseWav(readFileSync(join(folder, name)));
        expect({ channels, rate }).toEqual({ channels: 1, rate: 16_000 });
        const expected = speech([...song.slice(from, to), ...Array.from({ length: SILENCE_FRAMES }, () => SILENCE_FRAME)]);
        expect(Buffer.compare(new Uint8Array(pcm.buffer), new Uint8Array(expected.buffer)), name).toBe(0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.for([
    { mode: 'keep', heard: 125 },
    { mode: 'drop', heard: undefined },
  ])('barge-in: stops within 200 ms of voice, and then $mode', { timeout: DEADLINE_MS }, async ({ mode, heard }) => {
    const lines = await run('barge-in', [mode]);
    const [stopped] = lines.flatMap((line) => /^bot +is interrupted at (\d\.\d\d) s$/.exec(line)?.[1] ?? []);
    const [over] = lines.flatMap((line) => /^somebody +heard (\d+) ms of the reply after/.exec(line)?.[1] ?? []);
    const goesOn = mode === 'keep' ? stopped! : '0.00';
    expect(lines.map((line) => line.replace(/ +/, ' '))).toEqual([
      'bot has heard 2',
      'bot speaks from 0.00 s',
      'somebody interrupts',
      `bot is interrupted at ${stopped} s`,
      `somebody heard ${over} ms of the reply after he interrupted`,
      'bot has heard 2',
      `bot speaks from ${goesOn} s`,
      'bot is done at 2.50 s',
      heard === undefined
        ? `somebody heard ${50 + Number(over) / 20 + 125} frames`
        : `somebody heard ${heard} frames: the whole reply, each of them once`,
    ]);
    // The interruption comes after one second was heard, in RTP time: measured by what was sent, not by when.
    expect(Math.round(Number(stopped) * 1_000)).toBe(1_000 + Number(over));
    expect(Number(over)).toBeGreaterThan(0);
    expect(Number(over)).toBeLessThanOrEqual(200);
  });

  it('playlist: plays one song after the other, and skips one', { timeout: DEADLINE_MS }, async () => {
    const lines = await run('playlist');
    expect(lines.slice(0, -1).map((line) => line.replace(/: ENOENT.*/, ': ENOENT'))).toEqual([
      'playing the opening',
      'finished the opening',
      'playing the long one',
      'skipped the long one',
      'playing a file that is not there',
      'failed a file that is not there: ENOENT',
      'playing the close',
      'finished the close',
    ]);
    // The skip comes when 110 frames were heard; the 60 frames of the last song follow. A few may be in flight at the skip.
    const heard = Number(/^(\d+) frames were heard$/.exec(lines.at(-1)!)?.[1]);
    expect(heard).toBeGreaterThanOrEqual(165);
    expect(heard).toBeLessThan(185);
  });

  it('on-air: is one session through three faults, and loses next to nothing', { timeout: DEADLINE_MS }, async () => {
    const lines = await run('on-air');
    expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms').replace(/attempt \d+/, 'attempt N'))).toEqual([
      'a session',
      'rehearsing: the WebSocket is lost',
      'rehearsing: the session is no longer valid',
      expect.stringMatching(/^off the air: reconnecting \(attempt N\)/),
      'on the air again after N ms',
      'rehearsing: somebody disconnects it',
      'off the air: reconnecting (attempt N), after a disconnect by somebody else',
      'on the air again after N ms',
      expect.stringMatching(/^heard \d+ of 250 frames, in order, none of them twice$/),
    ]);
    // A frame or two may be in flight to a session that the server has ended.
    expect(Number(/^heard (\d+)/.exec(lines.at(-1)!)?.[1])).toBeGreaterThanOrEqual(240);
  });

  it('soundboard: music, sounds over it, speech over both, and across to the next song', { timeout: DEADLINE_MS }, async () => {
    const lines = (await run('soundboard')).map((line) => line.replace(/^\d+ ms: /, ''));
    expect(lines.slice(0, 4)).toEqual(['song 0 passthrough', 'song 0 started', 'mixed passthrough', 'sound 0 started']);
    // On a busy machine, a source may open a little later.
    expect(lines.slice(4, -1).sort()).toEqual([
      'song 0 ended (removed)', 'song 1 started', 'sound 0 ended (end)', 'sound 1 ended (end)', 'sound 1 started', 'speech 0 ended (end)', 'speech 0 started',
    ]); // prettier-ignore
    expect(lines.at(-1)).toBe('song 1 passthrough');
  });

  it('music-bot: a queue with skip, seek, volume, bass and what is playing', { timeout: DEADLINE_MS }, async () => {
    const lines = await run('music-bot');
    expect(lines.map((line) => line.replace(/failed: .*/, 'failed').replace(/00:0[89]$/, '00:09'))).toEqual([
      'now playing the song at 00:00', 'now playing the song at 00:09', 'nowhere.opus failed', 'now playing the song at 00:00', 'the song removed',
      'now playing the song at 00:11', 'the song end',
    ]); // prettier-ignore
  });

  it.for([
    { name: 'transcribe', at: '2: ' },
    { name: 'barge-in', at: 'bot      speaks' },
    { name: 'playlist', at: 'playing the long one' },
    { name: 'on-air', at: 'rehearsing' },
    { name: 'soundboard', at: 'sound 1 started' },
  ])('$name: leaves upon Ctrl-C', { timeout: DEADLINE_MS }, async ({ name, at }) => {
    const lines = await run(name, [], at);
    expect(lines.join('\n')).not.toMatch(/failed a|finished the close|on the air again|is done|the song end|song 1 passthrough/);
  });

  it('from-parts: plays and hears, encrypted, by its parts', { timeout: DEADLINE_MS }, async () => {
    expect(await run('from-parts')).toEqual(['sent 55 packets, heard 55, in order']);
  });

  it('speech: is interrupted, and knows to the frame what was heard of it', { timeout: DEADLINE_MS }, async () => {
    const lines = await run('speech');
    const told = lines.map((line) => Number(/heard (\d+) ms$|: (\d+) ms$/.exec(line)?.slice(1).find(Boolean)));
    const [story, sorry, end] = told as [number, number, number];
    expect(lines).toEqual([
      `a story of twenty seconds: stopped, heard ${story} ms`,
      `sorry: finished, heard ${sorry} ms`,
      `heard at the other end: ${end} ms`,
    ]);
    // Interrupted after half a second of twenty: voice counts as such after 100 ms, and the machine may be busy.
    expect(story).toBeGreaterThan(500);
    expect(story).toBeLessThan(5_000);
    expect(sorry).toBe(500);
    expect(end).toBe(story + sorry);
  });

  it('radio: is read once for fifty guilds', { timeout: DEADLINE_MS }, async () => {
    const [onAir, opened, heard] = await run('radio');
    expect([onAir, opened]).toEqual(['on the air in 50 guilds', expect.stringMatching(/^opened 1 time, \d+ frames missed$/)]);
    expect(heard).toBe('50 guilds heard it, in order, no frame twice');
  });

  it('player: goes from song to song without silence, over one that is not there, and is paused and skipped', { timeout: DEADLINE_MS }, async () => {
    const lines = await run('player');
    const heard = Number(/^finished, heard (\d+) ms$/.exec(lines.at(-2)!)?.[1]);
    expect(lines).toEqual([
      'now: the close',
      'paused',
      'a file that is not there: the file nowhere.opus cannot be read',
      'now: the long one',
      'now: the close again',
      `finished, heard ${heard} ms`,
      // Five frames at the pause; on a busy machine, a song that is skipped to may be a frame late.
      expect.stringMatching(new RegExp(`^came at the server: ${heard} ms of songs, ([5-9]|1\\d) frames of silence$`)),
    ]);
    // The close is 0.8 s long and plays twice; the song between is skipped 1.4 s from the beginning.
    expect(heard).toBe(2 * 800 + 620);
  });

  it('marble-test: passes', { timeout: DEADLINE_MS }, async () => {
    const text = (await run('marble-test')).join('\n');
    expect(text).toMatch(/^(#|ℹ) pass 10$/m);
    expect(text).toMatch(/^(#|ℹ) fail 0$/m);
  });
});

describe('effects', () => {
  it('makes a song as long as each effect makes it, also with one that begins under way', async () => {
    const lines = await run('effects');
    expect(lines).toEqual([...['off', 'bass', 'nightcore', 'slow', 'high', '8d', 'radio'].map((name) => expect.stringMatching(new RegExp(`^${name}: [\\d.]+ s$`))), expect.stringMatching(/1 s on/)]); // prettier-ignore
    const seconds = lines.map((line) => Number(/([\d.]+) s$/.exec(line)?.[1]));
    const [off] = seconds as [number];
    [1, 1, 1 / 1.25, 1 / 0.8, 1, 1, 1].forEach((factor, i) => expect(seconds[i]).toBeCloseTo(off * factor, 1));
    // Durations are whole frames of 20 ms, and there is one frame of look-ahead.
    expect(Math.abs(seconds.at(-1)! - (1 + (off - 1) / 1.25))).toBeLessThan(0.06);
  });

  it('is what docs/filters.md shows, word for word', () => {
    const example = readFileSync(new URL('docs/examples/effects.mjs', ROOT), 'utf8');
    const blocks = [...readFileSync(new URL('docs/filters.md', ROOT), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block!.trimEnd());
    expect(blocks).toHaveLength(2);
    for (const block of blocks) expect(example).toContain(block);
  });
});

describe('a connection from its parts', () => {
  const example = readFileSync(new URL('docs/examples/from-parts.mjs', ROOT), 'utf8');

  it('is at most 60 lines, comments aside', () => {
    const lines = example.split('\n').filter((line) => !/^\s*(\/\/|\/\*|\*|$)/.test(line));
    expect(lines.length).toBeLessThanOrEqual(60);
  });

  it('is what the README shows, word for word', () => {
    const page = readFileSync(new URL('README.md', ROOT), 'utf8');
    const blocks = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block!.trimEnd());
    expect(blocks).toHaveLength(1);
    expect(example).toContain(blocks[0]);
    expect(blocks[0]).toContain('export const fromParts$');
  });
});

describe('the page on the desk', () => {
  it.each(['soundboard', 'music-bot'])('shows what a bot needs of %s, word for word, in 40 lines at most', (name) => {
    const example = readFileSync(new URL(`docs/examples/${name}.mjs`, ROOT), 'utf8');
    const blocks = [...readFileSync(new URL('docs/desk.md', ROOT), 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block!.trimEnd());
    const shown = blocks.filter((block) => example.includes(block));
    expect(shown).toHaveLength(1);
    expect(shown[0]!.split('\n').length).toBeLessThanOrEqual(40);
  });
});

describe.each(['speech', 'radio', 'player'])('the example %s', (name) => {
  const [, yours = ''] = readFileSync(new URL(`docs/examples/${name}.mjs`, ROOT), 'utf8').split(/^\/\/ -+(?: yours -+)?$/m);

  it('has at most 40 lines that are the user\'s own, comments aside', () => {
    const lines = yours.split('\n').filter((line) => !/^\s*(\/\/|\/\*|\*|$)/.test(line));
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.length).toBeLessThanOrEqual(40);
  });

  it('is what docs/playlists.md shows of it, word for word', () => {
    expect(readFileSync(new URL('docs/playlists.md', ROOT), 'utf8')).toContain(`\`\`\`js\n${yours.trim()}\n\`\`\``);
  });
});

/** The examples that these pages name. */
function shownIn(pages: readonly string[]): string[] {
  return pages.flatMap((page) => [...readFileSync(new URL(page, ROOT), 'utf8').matchAll(/examples\/([\w.-]+\.mjs)/g)].map(([, name]) => name!));
}

describe('the recipes', () => {
  const pages = readdirSync(new URL('docs/recipes/', ROOT));
  const examples = readdirSync(new URL('docs/examples/', ROOT)).filter((name) => name.endsWith('.mjs'));

  it('have an example each', () => {
    const shown = shownIn([...readdirSync(new URL('docs/', ROOT), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`), 'README.md']);
    // jukebox is imported by two of them.
    expect(examples.filter((name) => name !== 'jukebox.mjs' && !shown.includes(name))).toEqual([]);
    for (const page of pages) {
      const text = readFileSync(new URL(`docs/recipes/${page}`, ROOT), 'utf8');
      const named = [...text.matchAll(/\(\.\.\/examples\/([\w.-]+)\)/g)].map(([, name]) => name!);
      expect(named, page).not.toEqual([]);
      for (const name of named) expect(examples, page).toContain(name);
    }
  });

  // recorder.md shows its own TypeScript.
  it.each(pages.filter((page) => page !== 'recorder.md'))('%s: its JavaScript is that of the examples, word for word', (page) => {
    const text = readFileSync(new URL(`docs/recipes/${page}`, ROOT), 'utf8');
    const code = examples.map((name) => readFileSync(new URL(`docs/examples/${name}`, ROOT), 'utf8')).join('\n');
    const blocks = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block!.trimEnd());
    expect(blocks).not.toEqual([]);
    for (const block of blocks) expect(code).toContain(block);
  });
});
