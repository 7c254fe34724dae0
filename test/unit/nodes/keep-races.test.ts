/**
 * What may happen as a process of a bot dies and the next one comes, at once and in any order. Always: of a song no frame is lost or sent twice, two
 * sockets never take turns, each listener is told one end, and at the end nothing is left.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeptFleet, SILENT_MS, type BotProcess } from '../../support/kept-fleet.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
/** Who is gone is found out by then. */
const GHOST_MS = SILENT_MS + SILENT_MS / 6 + 50;
const SONG = 300;
const SONG_MS = SONG * 20;

/** One that is in the guild, and plays the song. */
async function playing(fleet: KeptFleet, name: string, song = 0, keep?: number): Promise<BotProcess> {
  const bot = fleet.process(name, keep);
  bot.join(() => bot.play(song));
  await pass(500);
  return bot;
}

const framesOf = (fleet: KeptFleet, song: number): number[] => fleet.sent.filter((one) => one.song === song).map(({ frame }) => frame);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** All ends, and what holds whatever has happened is looked at. */
async function over(fleet: KeptFleet): Promise<void> {
  const alive = fleet.processes.filter((process) => process.alive);
  await fleet.end();
  const sockets = fleet.sent.map(({ by }) => by).filter((by, i, all) => by !== all[i - 1]);
  expect(sockets).toEqual([...new Set(sockets)]);
  for (const { name, listeners, error } of alive) for (const { end } of listeners) expect(end ?? error, `what ${name} played is over`).toBeDefined();
  await pass(60_000);
  expect({ owned: fleet.owned, subscriptions: fleet.bus.subscriptions, timers: vi.getTimerCount() }).toEqual({ owned: [], subscriptions: 0, timers: 0 });
}

describe('who comes', () => {
  it.each([0, 1, 20, SILENT_MS - 500, SILENT_MS, GHOST_MS - 60, GHOST_MS, GHOST_MS + 1_000])('%i ms after the end of who was before is given what plays', async (ms) => {
    const fleet = await KeptFleet.begin(2, [SONG]);
    (await playing(fleet, 'a')).kill();
    await pass(ms);
    const b = await playing(fleet, 'b');
    await pass(SONG_MS);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
    expect(fleet.left).toEqual([]);
    await over(fleet);
  });

  it('together with another: one is given it, the other is told so and takes nobody out of the channel', async () => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    (await playing(fleet, 'a')).kill();
    const [b, c] = [fleet.process('b'), fleet.process('c')];
    for (const one of [b, c]) one.join(() => one.play(0));
    await pass(SONG_MS + 5_000);
    expect([b, c].map(({ error }) => error?.name ?? 'none').sort()).toEqual(['AlreadyJoinedError', 'none']);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    expect(fleet.left).toEqual([]);
    await over(fleet);
  });

  // The end of the keep is at `GHOST_MS` or before, and 1 000.
  it.each(Array.from({ length: 24 }, (_, i) => 3_270 + i * 5))('%i ms after it, as keep runs out, is given it or begins anew', async (ms) => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    (await playing(fleet, 'a', 0, 1_000)).kill();
    await pass(ms);
    const b = await playing(fleet, 'b');
    await pass(SONG_MS + 2_000);
    const heard = framesOf(fleet, 0);
    const again = heard.lastIndexOf(0);
    expect(heard).toEqual([...upTo(again), ...upTo(SONG)]);
    expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
    await over(fleet);
  });

  it.each([100, 1_000, SILENT_MS, GHOST_MS, GHOST_MS + 500])('plays the song that ended %i ms after the end of who was before: it is not played again', async (ms) => {
    const frames = 25 + Math.round(ms / 20);
    const fleet = await KeptFleet.begin(1, [frames]);
    (await playing(fleet, 'a')).kill();
    await pass(GHOST_MS + 1_000);
    const b = await playing(fleet, 'b');
    await pass(SONG_MS);
    expect(framesOf(fleet, 0)).toEqual(upTo(frames));
    expect(b.listeners.map(({ told, end }) => [told.at(0)?.type, told.at(-1), end])).toEqual([['started', expect.objectContaining({ type: 'finished', frames }), 'finished']]);
    await over(fleet);
  });

  it('plays another song: that begins, and nothing of the one before comes behind it', async () => {
    const fleet = await KeptFleet.begin(1, [SONG, 50]);
    (await playing(fleet, 'a')).kill();
    const b = await playing(fleet, 'b', 1);
    await pass(SONG_MS);
    const songs = fleet.sent.map(({ song }) => song);
    expect(songs.lastIndexOf(0)).toBeLessThan(songs.indexOf(1));
    expect(framesOf(fleet, 1)).toEqual(upTo(50));
    expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
    await over(fleet);
  });
});
