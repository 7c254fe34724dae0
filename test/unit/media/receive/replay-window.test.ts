import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { prepareMode } from '../../../../src/crypto/seal.js';
import { MAX_AHEAD, REPLAY_WINDOW, ReplayWindow, RESTART } from '../../../../src/media/receive/replay-window.js';
import { ENCRYPTION_MODES } from '../../../../src/protocol/encryption-modes.js';
import { encrypted } from '../../driver/dave/fake-provider.js';
import { datagrams, OPUS, packet, ReceiverStage, sealOf, SSRC, USER } from './receiver-stage.js';

/** Takes extended sequence numbers, returns verdicts, and remembers all numbers. Does not detect new runs. */
class SlowWindow {
  readonly #seen = new Set<number>();
  #newest: number | undefined;

  first(extended: number): boolean {
    this.#newest ??= extended;
    if (extended - this.#newest > MAX_AHEAD || extended <= this.#newest - REPLAY_WINDOW || this.#seen.has(extended)) return false;
    this.#seen.add(extended);
    this.#newest = Math.max(this.#newest, extended);
    return true;
  }
}

const verdicts = (window: ReplayWindow, ...sequences: readonly number[]): boolean[] => sequences.map((one) => window.first(one & 0xffff));
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('ReplayWindow', () => {
  it('takes each number once, in any order, over the wrap', () => {
    const window = new ReplayWindow();
    expect(verdicts(window, 65_534, 1, 0, 65_535, 65_534, 0, 1, 65_533)).toEqual([true, true, true, true, false, false, false, true]);
  });

  it('takes what is late up to the edge of the window, and nothing behind it', () => {
    const window = new ReplayWindow();
    expect(verdicts(window, 5_000, 5_000 - REPLAY_WINDOW + 1, 5_000 - REPLAY_WINDOW)).toEqual([true, true, false]);
  });

  it('forgets what left the window, and remembers what is in it, whatever the step', () => {
    for (const step of [1, 2, 31, 32, 33, REPLAY_WINDOW - 1, REPLAY_WINDOW, MAX_AHEAD]) {
      const window = new ReplayWindow();
      verdicts(window, ...range(0, REPLAY_WINDOW));
      const newest = REPLAY_WINDOW - 1 + step;
      expect(verdicts(window, newest, newest), String(step)).toEqual([true, false]);
      const between = range(REPLAY_WINDOW, step - 1).filter((one) => one > newest - REPLAY_WINDOW);
      expect(verdicts(window, ...between).includes(false), String(step)).toBe(false);
      const before = range(0, REPLAY_WINDOW).filter((one) => one > newest - REPLAY_WINDOW);
      expect(verdicts(window, ...before).includes(true), String(step)).toBe(false);
    }
  });

  it('is its slow twin over any losses, copies, delays and old packets of a sender that goes on', () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ go: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ go: fc.integer({ min: 1, max: MAX_AHEAD }) }) },
      { weight: 8, arbitrary: fc.record({ back: fc.nat(REPLAY_WINDOW + 40) }) },
      { weight: 1, arbitrary: fc.record({ back: fc.integer({ min: REPLAY_WINDOW, max: 30_000 }) }) },
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.nat(0xffff), fc.array(step, { minLength: 20, maxLength: 400, size: 'max' }), (start, steps) => {
        const [window, twin] = [new ReplayWindow(), new SlowWindow()];
        let at = start + 0x10000;
        let lag = 0;
        const wrong: number[] = [];
        for (const act of [{ go: 0 }, ...steps]) {
          if ('go' in act) at += act.go;
          const extended = 'go' in act ? at : at - act.back;
          // Consecutive old numbers, without a new one between them, may be a new run, which the test below covers.
          lag = 'go' in act || act.back < REPLAY_WINDOW ? 0 : lag + 1;
          if (lag >= RESTART) continue;
          const expected = twin.first(extended);
          if (!expected) refused += 1;
          if (window.first(extended & 0xffff) !== expected) wrong.push(extended);
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });

  it('is not moved by a replayed stretch, of whatever length, while the sender goes on', () => {
    const window = new ReplayWindow();
    verdicts(window, ...range(0, 20_000));
    const replayed = range(0, 5_000).flatMap((i) => [i, 20_000 + i]);
    expect(verdicts(window, ...replayed).filter((taken, i) => taken !== (i % 2 === 1))).toEqual([]);
  });

  it.each([
    ['behind', 20_000],
    ['ahead', 60_000],
  ])('does not lock a sender out that counts anew from %s: it is heard after half a second, copies and gaps do not matter', (_, anew) => {
    const window = new ReplayWindow();
    verdicts(window, ...range(40_000, 2_000));
    const gappy = range(0, RESTART).flatMap((i) => [anew + 2 * i, anew + 2 * i]);
    expect(verdicts(window, ...gappy).filter(Boolean).length).toBe(1);
    expect(verdicts(window, anew + 60, anew + 60)).toEqual([true, false]);
  });

  it('takes the next packet wherever it is after others were not looked at, but no copy of those that it knows', () => {
    const window = new ReplayWindow();
    verdicts(window, ...range(0, 100));
    window.interrupt();
    expect(verdicts(window, 99, 40_000, 40_000, 99)).toEqual([false, true, false, false]);
  });
});

describe.each(ENCRYPTION_MODES)('a datagram that is sent a thousand times, %s', (mode) => {
  beforeAll(() => prepareMode(mode));

  it.each([
    ['in a plain call', false, SSRC, USER],
    ['end-to-end encrypted', true, SSRC, USER],
    ['in a plain call, of nobody known', false, 5, undefined],
  ] as const)('%s: is heard once, and counted 999 times', (_, dave, ssrc, user) => {
    const stage = new ReceiverStage(mode);
    let decrypted = 0;
    if (dave)
      stage.cipher = {
        encrypt: (frame) => frame,
        decrypt: () => ((decrypted += 1), OPUS),
        mayYet: () => true,
        refused: () => undefined,
      };
    const datagram = packet(mode, { ssrc, payload: dave ? encrypted(1, OPUS) : OPUS, seal: sealOf(mode) });
    for (let i = 0; i < 1_000; i += 1) stage.take(datagram);
    stage.wait(5_000);
    expect([stage.heard.length, decrypted]).toEqual([1, dave ? 1 : 0]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 1_000, audio: 1, duplicates: 999 }));
    expect(stage.stats.totals.duplicates).toBe(999);
    if (user !== undefined) expect(stage.stats.users.get(user)).toMatchObject({ packets: 1, duplicates: 999, lost: 0 });
  });
});
