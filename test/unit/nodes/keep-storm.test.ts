/** The same as `keep-races`, with random events in random order. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeptFleet, over, pass, playing } from '../../support/kept-fleet/kept-fleet.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SONG = 150;

describe('whatever happens in whatever order', () => {
  const ways = ['join', 'join', 'kill', 'kill', 'stop', 'go on', 'leave', 'stop listening', 'play', 'another server'] as const;
  const step = (what: fc.Arbitrary<string>) => fc.record({ what, which: fc.nat(20), ms: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 4_000 })) });
  const fates = fc.array(fc.oneof({ weight: 12, arbitrary: fc.constant([1]) }, { weight: 1, arbitrary: fc.constantFrom([], [1, 7], [90], [300]) }), { minLength: 41, maxLength: 61 }).filter((all) => all.filter(({ length }) => length === 0).length <= 8);

  interface Step {
    readonly what: string;
    readonly which: number;
    readonly ms: number;
  }

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
    else if (fleet.serving > 1) void fleet.drain(fleet.placed());
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

  /**
   * A frame of a song is followed by its next frame or by the first one of a play. After another's song that may be an earlier frame:
   * its listener was told of the sent frames only up to there.
   */
  function expectNoneLost({ sent }: KeptFleet, mayBeRepeated = false): void {
    const latest = new Map<number, number>();
    sent.forEach(({ song, frame }, i) => {
      const before = latest.get(song) ?? -1;
      latest.set(song, frame);
      const back = frame <= before && (mayBeRepeated || sent[i - 1]!.song !== song);
      if (frame !== 0 && frame !== before + 1 && !back) expect.fail(`frame ${frame} of song ${song} comes behind ${before}`);
    });
  }

  /** If a process is told that a song has finished, the last frame of that song was sent. */
  function expectFinished({ sent, processes }: KeptFleet): void {
    for (const { name, listeners } of processes)
      for (const { song, end } of listeners) if (end === 'finished') expect(sent.some((one) => one.song === song && one.frame === SONG - 1), `${name} is told that song ${song} has finished`).toBe(true);
  }

  it('no frame is lost or comes twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(fc.constantFrom(...ways)), { maxLength: 16 }), fates, async (steps, each) => {
        try {
          const fleet = await run(1, steps, each);
          expectNoneLost(fleet);
          expectFinished(fleet);
          await over(fleet);
        } finally {
          vi.clearAllTimers();
        }
      }),
      { numRuns: 30, seed: 158 },
    );
  });

  it('no frame is lost where nodes drain, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step(fc.constantFrom(...ways, 'drain', 'drain')), { maxLength: 16 }), fates, async (steps, each) => {
        try {
          const fleet = await run(5, steps, each);
          expectNoneLost(fleet, true);
          expectFinished(fleet);
          await over(fleet);
        } finally {
          vi.clearAllTimers();
        }
      }),
      { numRuns: 30, seed: 158 },
    );
  });
});
