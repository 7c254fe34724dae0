/**
 * What may happen as a process of a bot dies and the next one comes, at once and in any order. Always: of a song no frame is lost or sent twice, two
 * sockets never take turns, each listener is told one end, and at the end nothing is left.
 */
import fc from 'fast-check';
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

describe('who comes and goes', () => {
  /** Packets of b up to now count from its first. */
  const atPacket = (fleet: KeptFleet, k: number, act: () => void): void => {
    let packets = 0;
    fleet.bus.fate = (from) => {
      if (from !== 'a') packets += 1;
      if (from !== 'a' && packets === k) queueMicrotask(act);
      return [1];
    };
  };
  const steps = Array.from({ length: 30 }, (_, i) => i + 1);

  it.each(steps)('leaves at the %i. packet of the take-over: all ends', async (k) => {
    for (const wait of [0, GHOST_MS]) {
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
      // Who has left while he waited has never had it.
      if (left) expect(fleet.sent.length).toBe(b.session === undefined && wait === 0 ? sent + 25 : sent);
      await over(fleet);
    }
  });

  it.each(steps)('stops listening at the %i. packet: that song ends, and the next one plays', async (k) => {
    for (const wait of [0, GHOST_MS]) {
      const fleet = await KeptFleet.begin(1, [SONG, 50]);
      (await playing(fleet, 'a')).kill();
      await pass(wait);
      const b = fleet.process('b');
      b.join((session) => {
        const first = b.play(0);
        atPacket(fleet, k, () => {
          if (first.end !== undefined) return;
          first.unsubscribe();
          first.end = 'unsubscribed';
          if (session !== undefined) b.play(1);
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
    }
  });

  it.each(steps)('dies in turn at the %i. packet: a third is given what plays', async (k) => {
    for (const wait of [0, GHOST_MS]) {
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
    }
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
    await pass(1_000);
    const b = fleet.process('b');
    b.join(() => b.play(0));
    await pass(300);
    a.goOn();
    await pass(SONG_MS + 5_000);
    expect(framesOf(fleet, 0)).toEqual(upTo(SONG));
    expect([a.error, a.listeners.map(({ end }) => end), b.error?.name]).toEqual([undefined, ['finished'], 'AlreadyJoinedError']);
    await over(fleet);
  });
});

describe('whatever happens in whatever order', () => {
  const ways = ['join', 'join', 'kill', 'kill', 'stop', 'go on', 'leave', 'stop listening', 'play', 'another server'] as const;
  const step = (what: fc.Arbitrary<string>) => fc.record({ what, which: fc.nat(20), ms: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 4_000 })) });
  const fates = fc.array(fc.oneof({ weight: 12, arbitrary: fc.constant([1]) }, { weight: 1, arbitrary: fc.constantFrom([], [1, 7], [90], [300]) }), { minLength: 41, maxLength: 61 }).filter((all) => all.filter(({ length }) => length === 0).length <= 8);

  type Step = { readonly what: string; readonly which: number; readonly ms: number };

  async function act(fleet: KeptFleet, { what, which }: Step): Promise<void> {
    const song = which % 2;
    const alive = fleet.processes.filter((process) => process.alive && process.error === undefined);
    const one = alive[which % Math.max(1, alive.length)];
    if (what === 'join') {
      const bot = fleet.process(`p${fleet.processes.length}`);
      bot.join(() => bot.play(song));
    } else if (what === 'kill') one?.kill();
    else if (what === 'stop') one?.stop();
    else if (what === 'go on') for (const process of alive) process.goOn();
    else if (what === 'leave') {
      one?.leave();
      one?.kill();
    } else if (what === 'stop listening') {
      const listener = one?.listeners.at(-1);
      if (listener === undefined || listener.end !== undefined) return;
      listener.unsubscribe();
      listener.end = 'unsubscribed';
    } else if (what === 'play') {
      if (one?.session !== undefined && one.listeners.every(({ end }) => end !== undefined)) one.play(song);
    } else if (what === 'another server') one?.moved$.next(`voice-${which}.test:443`);
    else await Promise.race([fleet.drain(fleet.placed()), pass(which * 50)]);
  }

  async function run(nodes: number, steps: readonly Step[], each: readonly (readonly number[])[]): Promise<KeptFleet> {
    const fleet = await KeptFleet.begin(nodes, [SONG, SONG]);
    let packets = 0;
    fleet.bus.fate = () => each[(packets += 1) % each.length]!;
    await playing(fleet, 'first');
    for (const one of steps) {
      await act(fleet, one);
      await pass(one.ms);
    }
    for (const process of fleet.processes) if (process.alive) process.goOn();
    await pass(40_000);
    for (const { name, alive, session, error } of fleet.processes) if (alive) expect(session ?? error, `${name} waits`).toBeDefined();
    return fleet;
  }

  /** From frame to frame of a song: the next one, or one that a play begins with. */
  function expectNoneLost(fleet: KeptFleet, mayGoBackTo: (frame: number, before: number) => boolean): void {
    for (const song of [0, 1]) {
      framesOf(fleet, song).forEach((frame, i, all) => {
        const before = all[i - 1] ?? -1;
        if (frame !== before + 1 && !mayGoBackTo(frame, before)) expect.fail(`frame ${frame} of song ${song} comes behind ${before}`);
      });
    }
  }

  it('no frame is lost or comes twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(fc.constantFrom(...ways)), { maxLength: 16 }), fates, async (steps, each) => {
        try {
          const fleet = await run(1, steps, each);
          expectNoneLost(fleet, (frame) => frame === 0);
          await over(fleet);
        } finally {
          vi.clearAllTimers();
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 40), seed: 158 },
    );
  });
});
