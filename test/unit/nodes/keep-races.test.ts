/**
 * Everything that may happen when a bot's process dies and the next one comes, at once and in any order. Always: no frame of a song is lost
 * or sent twice, two sockets never alternate, each listener is told exactly one end, and finally nothing is left.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KEEP_MS, KeptFleet, over, pass, playing, SILENT_MS } from '../../support/kept-fleet/kept-fleet.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** By then a dead process has been noticed. */
const GHOST_MS = SILENT_MS + SILENT_MS / 6 + 50;
const SONG = 150;
const SONG_MS = SONG * 20;

const framesOf = (fleet: KeptFleet, song: number): number[] => fleet.sent.filter((one) => one.song === song).map(({ frame }) => frame);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

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

  // The keep period begins when the ghost is noticed.
  it.each(Array.from({ length: 20 }, (_, i) => SILENT_MS + 1_000 - 20 + i * 10))('%i ms after it, as keep runs out, is given it or begins anew', async (ms) => {
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

describe('who comes and goes', () => {
  /** Counts the packets that are not from a, so b's packets, from b's first on. */
  const atPacket = (fleet: KeptFleet, k: number, act: () => void): void => {
    let packets = 0;
    fleet.bus.fate = (from) => {
      if (from !== 'a') packets += 1;
      if (from !== 'a' && packets === k) queueMicrotask(act);
      return [1];
    };
  };
  /** Packet numbers for a ghost that was already noticed; and for one that was not, which takes additional heartbeats. */
  const steps = [...Array.from({ length: 14 }, (_, i) => [i + 1, GHOST_MS] as const), ...Array.from({ length: 24 }, (_, i) => [i + 8, 0] as const)];

  it.each(steps)('leaves at the %i. packet of the take-over, %i ms behind the end: all ends', async (k, wait) => {
    const fleet = await KeptFleet.begin(1, [SONG * 2]);
    (await playing(fleet, 'a')).kill();
    await pass(wait);
    const b = fleet.process('b');
    let left = false;
    atPacket(fleet, k, () => {
      left = true;
      b.leave();
    });
    b.join(() => b.play(0));
    await pass(GHOST_MS + 1_000);
    const sent = fleet.sent.length;
    await pass(500);
    // A process that leaves while waiting never had the session; if the session was just given to it, it ends before the process hears of it.
    if (left) expect(b.session === undefined && wait === 0 ? [sent, sent + 25] : [sent]).toContain(fleet.sent.length);
    await over(fleet);
  });

  it.each(steps)('stops listening at the %i. packet, %i ms behind the end: that song ends, and the next one plays', async (k, wait) => {
    const fleet = await KeptFleet.begin(1, [SONG, 50]);
    (await playing(fleet, 'a')).kill();
    await pass(wait);
    const b = fleet.process('b');
    b.join(() => {
      const first = b.play(0);
      atPacket(fleet, k, () => {
        if (first.end !== undefined) return;
        first.unsubscribe();
        first.end = 'unsubscribed';
        b.play(1);
      });
    });
    await pass(GHOST_MS + SONG_MS);
    const songs = fleet.sent.map(({ song }) => song);
    if (b.listeners.length === 2) {
      expect(framesOf(fleet, 1)).toEqual(upTo(50));
      expect(songs.lastIndexOf(0)).toBeLessThan(songs.indexOf(1));
      expect(framesOf(fleet, 0)).toEqual(upTo(framesOf(fleet, 0).length));
    } else expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    await over(fleet);
  });

  it.each(steps)('dies in turn at the %i. packet, %i ms behind the end: a third is given what plays', async (k, wait) => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    (await playing(fleet, 'a')).kill();
    await pass(wait);
    const b = fleet.process('b');
    atPacket(fleet, k, () => b.kill());
    b.join(() => b.play(0));
    await pass(GHOST_MS);
    const c = await playing(fleet, 'c');
    await pass(GHOST_MS + SONG_MS);
    if (b.alive) expect(c.error?.name).toBe('AlreadyJoinedError');
    else expect(c.listeners.map(({ end }) => end)).toEqual(['finished']);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    await over(fleet);
  });
});

describe('while nobody is there', () => {
  it('the session ends: who comes joins anew, and plays from the beginning', async () => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    (await playing(fleet, 'a')).kill();
    await pass(GHOST_MS);
    fleet.voice.close(4_014);
    await pass(15_000);
    const before = fleet.sent.length;
    const b = await playing(fleet, 'b');
    await pass(SONG_MS + 1_000);
    expect(framesOf(fleet, 0).slice(before)).toEqual(upTo(SONG));
    expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
    await over(fleet);
  });

  it.each([0, 500, 1_500, GHOST_MS, GHOST_MS + 300])('its node drains, %i ms after the end of the bot: who comes joins on another', async (ms) => {
    const fleet = await KeptFleet.begin(2, [SONG]);
    (await playing(fleet, 'a')).kill();
    await pass(ms);
    const drained = fleet.drain(fleet.placed());
    await pass(300);
    const b = await playing(fleet, 'b');
    await pass(12_000 + SONG_MS);
    await drained;
    expect(b.error).toBeUndefined();
    expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
    const heard = framesOf(fleet, 0);
    const again = heard.lastIndexOf(0);
    expect(heard).toEqual([...upTo(again), ...upTo(SONG)]);
    await over(fleet);
  });
});

describe('what has moved', () => {
  it.each([0, 40, 300, 1_000, 2_500])('goes on as its bot dies %i ms later, and is given to who comes', async (ms) => {
    const frames = 600;
    const fleet = await KeptFleet.begin(2, [frames]);
    const a = await playing(fleet, 'a');
    const drained = fleet.drain(fleet.placed());
    await pass(300 + ms);
    a.kill();
    await drained;
    // Longer than any ghost lives, and than the frames opened ahead last.
    await pass(7_000);
    const alone = framesOf(fleet, 0);
    expect(alone).toEqual(upTo(alone.length));
    expect(alone.length).toBeGreaterThan(350);
    const b = await playing(fleet, 'b');
    await pass(frames * 20);
    expect(framesOf(fleet, 0)).toEqual(upTo(frames));
    expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
    expect(fleet.left).toEqual([]);
    await over(fleet);
  });
});

describe('what is about to move', () => {
  it.each(Array.from({ length: 20 }, (_, i) => i * 4))('loses its bot %i ms after its node began to drain: who comes hears of all of it, or it begins anew', async (ms) => {
    const fleet = await KeptFleet.begin(2, [SONG]);
    const a = await playing(fleet, 'a');
    const drained = fleet.drain(fleet.placed());
    await pass(ms);
    a.kill();
    await pass(GHOST_MS);
    const b = await playing(fleet, 'b');
    await pass(12_000 + SONG_MS);
    await drained;
    const heard = framesOf(fleet, 0);
    const again = heard.lastIndexOf(0);
    expect(heard).toEqual([...upTo(again), ...upTo(SONG)]);
    expect([b.error, b.listeners.map(({ end }) => end)]).toEqual([undefined, ['finished']]);
    await over(fleet);
  });
});

describe('in the midst of the take-over', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i * 7))('its node drains, %i ms after who comes has asked', async (ms) => {
    for (const wait of [0, GHOST_MS]) {
      const fleet = await KeptFleet.begin(2, [SONG]);
      (await playing(fleet, 'a')).kill();
      await pass(wait);
      const b = fleet.process('b');
      b.join(() => b.play(0));
      await pass(ms);
      const drained = fleet.drain(fleet.placed());
      await pass(12_000 + SONG_MS);
      await drained;
      expect(b.error).toBeUndefined();
      expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
      await over(fleet);
    }
  });

  it.each(Array.from({ length: 16 }, (_, i) => i * 5))('the gateway names another voice server, %i ms after who comes has asked: no frame is lost or sent twice', async (ms) => {
    for (const wait of [0, GHOST_MS]) {
      const fleet = await KeptFleet.begin(1, [SONG]);
      (await playing(fleet, 'a')).kill();
      await pass(wait);
      const b = fleet.process('b');
      b.join(() => b.play(0));
      await pass(ms);
      b.moved$.next('voice-2.test:443');
      await pass(GHOST_MS + SONG_MS + 1_000);
      expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
      expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
      await over(fleet);
    }
  });

  it.each([100, GHOST_MS + 100])('who was before was only stopped, and goes on %i ms after another has begun: it is told so, and what plays is the other’s', async (ms) => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    const a = await playing(fleet, 'a');
    a.stop();
    await pass(GHOST_MS - 100);
    const b = await playing(fleet, 'b');
    await pass(ms);
    a.goOn();
    await pass(GHOST_MS + SONG_MS + 5_000);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    expect([a.error?.name, b.error, b.listeners.map(({ end }) => end)]).toEqual(['AlreadyJoinedError', undefined, ['finished']]);
    await over(fleet);
  });

  it('who was before was only stopped, and goes on before it was found out: it has lost nothing, and the other is told so', async () => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    const a = await playing(fleet, 'a');
    a.stop();
    await pass(SILENT_MS / 2);
    const b = fleet.process('b');
    b.join(() => b.play(0));
    await pass(SILENT_MS / 5);
    a.goOn();
    await pass(SONG_MS + 5_000);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    expect([a.error, a.listeners.map(({ end }) => end), b.error?.name]).toEqual([undefined, ['finished'], 'AlreadyJoinedError']);
    await over(fleet);
  });
});

describe('an instance', () => {
  it('that begins anew waits for nobody: the one before is gone', async () => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    (await playing(fleet, 'a', 0, KEEP_MS, 'pod-0')).kill();
    const b = await playing(fleet, 'b', 0, KEEP_MS, 'pod-0');
    expect(b.session).toBeDefined();
    await pass(SONG_MS);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    expect(b.listeners.map(({ end }) => end)).toEqual(['finished']);
    await over(fleet);
  });

  it('that lives twice by mistake is the later one: the other is told so, again and again, and what plays is not disturbed', async () => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    const a = await playing(fleet, 'a', 0, KEEP_MS, 'pod-0');
    const b = await playing(fleet, 'b', 0, KEEP_MS, 'pod-0');
    await pass(GHOST_MS + 5_000);
    expect([a.error?.name, a.error?.message]).toEqual(['EngineLostError', expect.stringContaining('another process of this instance')]);
    a.join();
    await pass(SONG_MS);
    expect([b.error, b.listeners.map(({ end }) => end)]).toEqual([undefined, ['finished']]);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    await over(fleet);
  });

  it.each([['pod-1', 0], ['pod-0', -60_000]])('of another name, or by a clock that was set back, is one as any: %s, %i ms', async (instance, ms) => {
    const fleet = await KeptFleet.begin(1, [SONG]);
    (await playing(fleet, 'a', 0, KEEP_MS, 'pod-0')).kill();
    vi.setSystemTime(Date.now() + ms);
    const b = fleet.process('b', KEEP_MS, instance);
    vi.setSystemTime(Date.now() - ms);
    b.join(() => b.play(0));
    await pass(500);
    expect(b.session).toBeUndefined();
    await pass(GHOST_MS + SONG_MS);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    await over(fleet);
  });
});
