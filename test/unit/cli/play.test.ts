/** The pure parts of `rxvoice play`: the list, its keys, and the progress line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpusEncoder, source, type DeskCommand, type DeskFact, type DeskNews, type MediaInfo, type TrackHandle } from '../../../src/audio/index.js';
import { CommandFailed, Misuse } from '../../../src/cli/command.js';
import type { PlayFact } from '../../../src/cli/play/facts.js';
import { LevelMeter } from '../../../src/cli/play/level-meter.js';
import { Playlist } from '../../../src/cli/play/playlist.js';
import { playScreen } from '../../../src/cli/play/screen.js';
import { levelMeter, statusLine, type Status } from '../../../src/cli/play/status-line.js';
import { titleOf, tracksOf, type Track } from '../../../src/cli/play/tracks.js';
import { columnsOf } from '../../../src/cli/terminal/text.js';
import { END, PENDING, type QueueItem, type QueueOptions } from '../../../src/frames/frame-queue.js';
import { frameStream } from '../../../src/frames/frame-stream.js';
import { openQueue } from '../../../src/frames/open-queue.js';

const SONG = new Uint8Array(1);
const song = (name: string): Track => ({ name, source: source(SONG) });
const info = (duration: number): MediaInfo => ({
  via: 'passthrough', why: '', container: 'Ogg', codec: 'opus', duration, channels: 2, sampleRate: 48_000, tags: new Map(), outputGain: 0,
  loudness: { track: undefined, album: undefined, reference: undefined } as unknown as MediaInfo['loudness'],
}); // prettier-ignore

/** A list on a desk that only records its commands. */
function listOf(tracks: readonly Track[], endless = false): { list: Playlist; commands: DeskCommand[]; told: (news: DeskNews) => string[] } {
  const commands: DeskCommand[] = [];
  const desk = {
    send: (command: DeskCommand) => void commands.push(command),
    add: (of: Track['source'], options: object): TrackHandle => (commands.push({ type: 'add', source: of, ...options }), undefined as unknown as TrackHandle),
  };
  const list = new Playlist(desk, { tracks, volume: 1, from: 0, endless });
  list.begin();
  return { list, commands, told: (news) => list.hear({ at: 0, ...news } as DeskFact).map(inShort) };
}

const inShort = (fact: PlayFact): string =>
  fact.type === 'track' ? `track ${fact.title} ${fact.index + 1}/${fact.of}` : fact.type === 'ended' ? `ended ${fact.title} ${fact.reason}` : fact.type;
const added = (commands: readonly DeskCommand[]): string[] => commands.flatMap((command) => (command.type === 'add' ? [`${command.id}${command.after === undefined ? '' : ` after ${command.after}`}`] : []));
const at = (id: string, position = 0, heard = position): { id: string; position: number; heard: number } => ({ id, position, heard });

describe('the list', () => {
  it('puts the next track on the desk when one has begun, so that there is no gap', () => {
    const { commands, told } = listOf([song('a'), song('b'), song('c')]);
    expect(added(commands)).toEqual(['0']);
    expect(told({ type: 'started', ...at('0') })).toEqual(['track a 1/3']);
    expect(added(commands)).toEqual(['0', '1 after 0']);
    expect(told({ type: 'ended', ...at('0', 900), reason: 'end' })).toEqual(['ended a end']);
    expect(told({ type: 'started', ...at('1') })).toEqual(['track b 2/3']);
    expect(added(commands)).toEqual(['0', '1 after 0', '2 after 1']);
    told({ type: 'ended', ...at('1'), reason: 'end' });
    told({ type: 'started', ...at('2') });
    expect(told({ type: 'ended', ...at('2'), reason: 'end' })).toEqual(['ended c end']);
    expect(added(commands)).toHaveLength(3);
  });

  it('goes on where one cannot be played', () => {
    const { commands, told } = listOf([song('bad'), song('good')]);
    expect(told({ type: 'ended', ...at('0'), reason: 'failed', error: new Error('no media') })).toEqual(['ended bad failed']);
    expect(added(commands)).toEqual(['0', '1']);
    expect(told({ type: 'started', ...at('1') })).toEqual(['track good 2/2']);
  });

  it('begins again after the last, but not a list of nothing that can be played', () => {
    const { commands, told } = listOf([song('a')], true);
    for (let round = 0; round < 3; round++) {
      expect(told({ type: 'started', ...at(String(round)) })).toEqual(['track a 1/1']);
      told({ type: 'ended', ...at(String(round)), reason: 'end' });
    }
    expect(added(commands)).toEqual(['0', '1 after 0', '2 after 1', '3 after 2']);

    const bad = listOf([song('a'), song('b')], true);
    bad.told({ type: 'ended', ...at('0'), reason: 'failed' });
    bad.told({ type: 'ended', ...at('1'), reason: 'failed' });
    expect(added(bad.commands)).toEqual(['0', '1']);
  });

  it('tells of one after the other, also while the one before still fades out', () => {
    const { list, commands, told } = listOf([song('a'), song('b')]);
    told({ type: 'started', ...at('0') });
    list.press('n');
    expect(commands.at(-1)).toEqual({ type: 'remove', id: '0', fade: 20 });
    expect(told({ type: 'started', ...at('1') })).toEqual([]);
    expect(told({ type: 'ended', ...at('0'), reason: 'removed' })).toEqual(['ended a skipped', 'track b 2/2']);
  });

  it('is stopped softly, and says so of what was heard', () => {
    const { list, commands, told } = listOf([song('a'), song('b')]);
    told({ type: 'started', ...at('0') });
    list.stop();
    expect(commands.at(-1)).toEqual({ type: 'remove', fade: 20 });
    expect(told({ type: 'ended', ...at('0', 500), reason: 'removed' })).toEqual(['ended a stopped']);
    expect(told({ type: 'ended', ...at('1'), reason: 'removed' })).toEqual([]);
    expect(added(commands)).toHaveLength(2);
  });

  it('knows a session that ended by itself from a stop', () => {
    const { told } = listOf([song('a')]);
    told({ type: 'started', ...at('0') });
    expect(told({ type: 'ended', ...at('0', 500), reason: 'stopped' })).toEqual(['ended a broken-off']);
  });

  it('says of a track that was cut off how much was heard of it, once', () => {
    const { list, told } = listOf([song('a'), song('b')]);
    expect(list.finish()).toEqual([]);
    told({ type: 'started', ...at('0') });
    told({ type: 'position', ...at('0', 800) });
    list.stop();
    expect(list.finish()).toEqual([{ type: 'ended', index: 0, title: 'a', reason: 'stopped', heard: 800, message: null }]);
    expect(list.finish()).toEqual([]);
  });

  it('tells the duration as soon as it is known', () => {
    const { list, told } = listOf([song('a'), song('b')]);
    expect(list.learn(0, info(5_000))).toEqual([]);
    expect(list.hear({ at: 0, type: 'started', ...at('0') })[0]).toMatchObject({ duration: 5_000, via: 'passthrough' });
    told({ type: 'ended', ...at('0'), reason: 'end' });
    expect(list.hear({ at: 0, type: 'started', ...at('1') })[0]).toMatchObject({ duration: null });
    expect(list.learn(1, info(7_000))[0]).toMatchObject({ type: 'track', index: 1, duration: 7_000 });
  });
});

describe('its keys', () => {
  const playing = (): ReturnType<typeof listOf> => {
    const scene = listOf([song('a'), song('b')]);
    scene.list.learn(0, info(60_000));
    scene.told({ type: 'started', ...at('0') });
    scene.told({ type: 'position', ...at('0', 30_000) });
    scene.commands.length = 0;
    return scene;
  };

  it('pause and go on, by turns', () => {
    const { list, commands } = playing();
    for (const _ of [1, 2]) list.press('space');
    expect(commands).toEqual([{ type: 'pause' }, { type: 'resume' }]);
  });

  it.each([
    [['right'], 40_000],
    [['left'], 20_000],
    [['right', 'right'], 50_000],
    [['left', 'left', 'left', 'left'], 0],
    [['right', 'right', 'right', 'right'], 59_500],
  ])('%j seek to %d', (keys, position) => {
    const { list, commands } = playing();
    keys.forEach((key) => list.press(key));
    expect(commands.at(-1)).toEqual({ type: 'seek', id: '0', position });
  });

  it('change the volume by steps, up to twice and down to nothing, also of what comes next', () => {
    const { list, commands, told } = playing();
    expect(list.press('+')).toEqual([{ type: 'volume', volume: 1.1 }]);
    for (let time = 0; time < 20; time++) list.press('up');
    expect(commands.at(-1)).toEqual({ type: 'volume', volume: 2 });
    for (let time = 0; time < 30; time++) list.press('-');
    expect(commands.at(-1)).toEqual({ type: 'volume', volume: 0 });
    told({ type: 'ended', ...at('0'), reason: 'end' });
    const more = listOf([song('a'), song('b')]);
    more.list.press('-');
    more.told({ type: 'started', ...at('0') });
    expect(more.commands.at(-1)).toMatchObject({ type: 'add', id: '1', volume: 0.9 });
  });

  it('cannot seek in a stream, and say so', () => {
    const { list, commands } = listOf([{ name: 'standard input', source: source((async function* () {})()) }]);
    expect(list.press('right')).toEqual([{ type: 'refused', reason: 'standard input is heard once, from where it is' }]);
    expect(commands).toHaveLength(1);
  });

  it('of no meaning do nothing', () => {
    const { list, commands } = playing();
    for (const key of ['x', 'é', 'up arrow', '']) expect(list.press(key)).toEqual([]);
    expect(commands).toEqual([]);
  });
});

describe('the status line', () => {
  const STATUS: Status = { position: 7_000, duration: 12_000, paused: false, volume: 1, peak: -12, obstacle: null };
  const STATES: readonly Status[] = [
    STATUS,
    { ...STATUS, paused: true, volume: 2 },
    { ...STATUS, duration: null },
    { ...STATUS, position: 3_723_000, duration: 36_000_000, obstacle: 'reconnecting (attempt 2), after close code 4006 (the session is no longer valid)' },
    { ...STATUS, position: 99_999_000, duration: 10, peak: 0 },
  ];

  it('leaves the last column free, from 1 column to 160, and always says something', () => {
    for (const status of STATES) {
      for (let columns = 2; columns <= 160; columns++) {
        const line = statusLine(status, columns - 1, true);
        expect(columnsOf(line), `${columns}: ${line}`).toBeLessThan(columns);
        expect(line.trim()).not.toBe('');
      }
    }
  });

  it('has the times from 20 columns on, then what is in the way, the level, the volume and the bar', () => {
    expect(statusLine(STATUS, 19, false)).toBe('▶ ██▉   0:07 / 0:12');
    expect(statusLine(STATUS, 36, false)).toMatch(/^▶ █+\S? +0:07 \/ 0:12 {2}██████ {2}$/);
    expect(statusLine(STATUS, 60, false)).toMatch(/^▶ █+\S? +0:07 \/ 0:12 {2}██████ {4}100%$/);
    expect(statusLine({ ...STATUS, obstacle: 'reconnecting' }, 60, false)).toMatch(/0:07 \/ 0:12 {2}██████ .*reconnecting$/);
    expect(statusLine({ ...STATUS, duration: null }, 30, false)).toMatch(/^▶ 0:07 {2}██████ {4}100%$/);
  });

  it.each([
    [null, '        '],
    [-60, '        '],
    [-48, '        '],
    [-24, '████    '],
    [0, '████████'],
    [3, '████████'],
  ])('shows a peak of %d dB as %j', (peak, drawn) => expect(levelMeter(peak, false)).toBe(drawn));
});

describe('the screen of play', () => {
  const track = (index: number, duration: number | null): PlayFact => ({ type: 'track', index, of: 2, title: `song ${index}`, duration, seekable: true, via: null });

  it('is a line for each track where there is no terminal', () => {
    let text = '';
    const screen = playScreen({ write: (part) => (text += part) }, false, false, 1);
    const place: PlayFact = { type: 'place', where: 'discord', guildId: '1', channelId: '2', userId: '3' };
    const health: PlayFact = { type: 'health', ready: true, status: 'ready', reason: null, e2ee: 'secure' };
    const failed: PlayFact = { type: 'ended', index: 1, title: 'song 1', reason: 'failed', heard: 0, message: 'it is no media' };
    const facts: PlayFact[] = [place, health, track(0, 61_000), { type: 'progress', position: 1, heard: 1, peak: -3, rms: -9 }, failed];
    facts.forEach((fact) => screen.tell(fact));
    screen.end?.();
    expect(text).toBe('bot 3 joins channel 2 of guild 1\n1/2  song 0  1:01\n✘ song 1: it is no media\n');
  });

  it('says what is in the way once, and again when it was gone', () => {
    let text = '';
    const screen = playScreen({ write: (part) => (text += part) }, false, false, 1);
    const alone: PlayFact = { type: 'health', ready: false, status: 'ready', reason: 'nobody else is here', e2ee: 'alone' };
    const resuming: PlayFact = { ...alone, status: 'resuming' };
    const ready: PlayFact = { ...alone, ready: true, reason: null, e2ee: 'secure' };
    for (const fact of [alone, resuming, ready, alone]) screen.tell(fact);
    expect(text).toBe('nobody else is here\nnobody else is here\n');
  });

  it('takes its status away at the end', () => {
    let text = '';
    const screen = playScreen({ isTTY: true, columns: 60, write: (part) => (text += part) }, false, true, 1);
    screen.tell(track(0, 61_000));
    screen.end?.();
    expect(text).toMatch(/1\/2 {2}song 0 {2}1:01\n▶.*0:00 \/ 1:01.*\n\x1b\[1A\r\x1b\[J$/);
  });
});

describe('what is to be played', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
    writeFileSync(join(folder, 'a\x1b[2Jsong.opus'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const names = (...inputs: string[]): string[] => tracksOf(inputs, {}, SONG).map(({ name }) => name);

  it('is named without what may be a key, and without what a terminal would obey', () => {
    expect(names(join(folder, 'a\x1b[2Jsong.opus'))).toEqual(['a [2Jsong.opus']);
    expect(names('https://ada:secret@example.org/music/my%20song.mp3?key=secret')).toEqual(['my song.mp3 (example.org)']);
    expect(names('https://example.org')).toEqual(['example.org']);
    expect(names('https://example.org/%E0%A4%A')).toEqual(['%E0%A4%A (example.org)']);
    expect(names('-')).toEqual(['standard input']);
  });

  it.each([
    [['-', '-'], Misuse, /heard once/],
    [['/nowhere/x.mp3'], CommandFailed, /x\.mp3 is not there/],
    [[tmpdir()], CommandFailed, /is a folder/],
  ])('%j is refused', (inputs, kind, text) => {
    expect(() => names(...inputs)).toThrow(kind);
    expect(() => names(...inputs)).toThrow(text);
  });

  it('has the title that its tags say', () => {
    const tagged = (tags: [string, string][]): MediaInfo => ({ ...info(1), tags: new Map(tags) });
    expect(titleOf(song('a.mp3'), undefined)).toBe('a.mp3');
    expect(titleOf(song('a.mp3'), tagged([]))).toBe('a.mp3');
    expect(titleOf(song('a.mp3'), tagged([['TITLE', 'Für\x1b[1mElise']]))).toBe('Für [1mElise');
    expect(titleOf(song('a.mp3'), tagged([['TITLE', 'Elise'], ['ARTIST', 'Ludwig']]))).toBe('Ludwig: Elise'); // prettier-ignore
  });
});

describe('the level', () => {
  const options = { prefetch: 1, buffer: { frames: 1, overflow: 'error' }, whenSuspended: 'hold', onReadable: () => undefined } as unknown as QueueOptions;

  it('is that of the frame that was given last; while there is none, and at the end, it is none', () => {
    const encoder = createOpusEncoder();
    const half = Int16Array.from({ length: 1_920 }, (_, i) => Math.round(16_384 * Math.sin((2 * Math.PI * 500 * (i >> 1)) / 48_000)));
    const frames = Array.from({ length: 10 }, () => encoder.encode(half));
    encoder.free();
    const meter = new LevelMeter();
    expect(meter.level).toEqual({ peak: null, rms: null });
    const items: QueueItem[] = [...frames, PENDING, frames[0], END];
    let closed = 0;
    const given = frameStream(() => ({ read: () => items.shift(), close: () => (closed += 1) }));
    const watched = openQueue(meter.watch(given), options);
    expect(frames.map(() => watched.read())).toEqual(frames);
    expect(meter.level.peak).toBeGreaterThan(-7);
    expect(meter.level.peak).toBeLessThan(-5);
    expect(meter.level.rms).toBeGreaterThan(-10);
    expect(meter.level.rms).toBeLessThan(-8);
    expect(watched.read()).toBe(PENDING);
    expect(meter.level.peak).toBeNull();
    watched.read();
    expect(meter.level.peak).not.toBeNull();
    expect(watched.read()).toBe(END);
    expect(meter.level.peak).toBeNull();
    watched.close();
    expect(closed).toBe(1);
  });

  it('of what cannot be decoded is none', () => {
    const meter = new LevelMeter();
    const watched = openQueue(meter.watch([new Uint8Array()]), options);
    watched.read();
    expect(meter.level).toEqual({ peak: null, rms: null });
    watched.close();
  });
});
