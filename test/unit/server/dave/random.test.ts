import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Snowflake } from '../../../../src/types.js';
import { Stage, user } from './stage.js';

const MOST_CLIENTS = 7;
/** `RXVOICE_RUNS=220` and more is the long form, for use after changes to the group: a run takes some 90 ms. */
const RUNS = Number(process.env['RXVOICE_RUNS'] ?? 45);

/** The next event, and a number that selects whom it affects. */
const happening = fc.record({
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constant('join' as const) },
    { weight: 2, arbitrary: fc.constant('leave' as const) },
    { weight: 1, arbitrary: fc.constant('rejoin' as const) },
    { weight: 10, arbitrary: fc.constant('deliver' as const) },
  ),
  pick: fc.nat(1_000_000),
  count: fc.integer({ min: 1, max: 8 }),
});
const run = fc.record({
  first: fc.integer({ min: 0, max: 4 }),
  happenings: fc.array(happening, { minLength: 5, maxLength: 45, size: 'max' }),
  firstTransitionId: fc.constantFrom(0, 0, 1, 65_534),
  seed: fc.nat(0xffff_ffff),
});

describe('random interleavings', () => {
  it(`${RUNS} runs of joins, leaves and deliveries in any order converge without one useless commit or Welcome`, () => {
    let [commits, largest] = [0, 0];
    fc.assert(
      fc.property(run, ({ first, happenings, firstTransitionId, seed }) => {
        const stage = new Stage({ firstTransitionId });
        const absent = (): number[] => [...Array(MOST_CLIENTS).keys()].filter((n) => !stage.seats.has(user(n)));
        const present = (): number[] => [...Array(MOST_CLIENTS).keys()].filter((n) => stage.seats.has(user(n)));
        for (let n = 0; n < first; n += 1) stage.join(n);
        for (const { what, pick, count } of happenings) {
          const of = <T>(list: readonly T[]): T | undefined => list[pick % Math.max(1, list.length)];
          const who = of(what === 'join' ? absent() : present());
          if (what === 'deliver') for (let n = 0; n < count; n += 1) of(stage.lines())?.();
          else if (who === undefined) continue;
          else if (what === 'join') stage.join(who);
          else {
            stage.leave(who);
            if (what === 'rejoin') stage.join(who);
          }
          largest = Math.max(largest, stage.seats.size);
        }
        stage.settle(randomPick(seed));
        // No timer was needed: there was no stall, and no transition for which somebody was not ready.
        expect(stage.scheduler.wakeUps).toBe(0);
        stage.expectConverged();
        expect(stage.failures).toEqual([]);
        expect(stage.call.counters).toMatchObject({ 'bad-commit': 0, 'bad-key-package': 0, flagged: 0 });
        commits += stage.call.counters.commit;
      }),
      { numRuns: RUNS, seed: 20_261_121 },
    );
    expect(largest).toBe(MOST_CLIENTS);
    expect(commits).toBeGreaterThan(RUNS * 3);
  }, 240_000);

  it('converges also while commits and Welcomes are garbled and clients do not come to rest', () => {
    const victims = fc.array(fc.record({ at: fc.nat(6), kind: fc.boolean(), everybody: fc.boolean() }), { minLength: 1, maxLength: 4 });
    let flagged = 0;
    fc.assert(
      fc.property(victims, fc.nat(0xffff_ffff), (strikes, seed) => {
        const stage = new Stage();
        const pick = randomPick(seed);
        for (const n of [0, 1, 2, 3]) stage.join(n);
        for (const { at, kind, everybody } of strikes) {
          const userId: Snowflake | undefined = everybody ? undefined : user(at);
          if (kind) stage.call.faults.garbleCommit(userId);
          else stage.call.faults.garbleWelcome(userId);
          if (stage.seats.has(user(at))) stage.leave(at);
          else stage.join(at);
          for (let n = 0; n < 10; n += 1) stage.lines()[0]?.();
        }
        stage.settle(pick);
        stage.expectConverged();
        flagged += stage.call.counters.flagged;
      }),
      { numRuns: 40, seed: 7 },
    );
    expect(flagged).toBeGreaterThan(20);
  }, 120_000);
});

describe('random interleavings with clients that have no DAVE', () => {
  it('the call follows its clients down and up', () => {
    const step = fc.record({
      what: fc.constantFrom('join' as const, 'join-plain' as const, 'replace' as const, 'leave' as const, 'reset' as const),
      who: fc.nat(4),
      deliver: fc.nat(12),
    });
    let [plain, encrypted, executed] = [0, 0, 0];
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), fc.nat(0xffff_ffff), (steps, seed) => {
        const stage = new Stage({ downgrade: 'downgrade' });
        const pick = randomPick(seed);
        for (const { what, who, deliver } of steps) {
          const here = stage.seats.has(user(who));
          if (what === 'reset') stage.call.faults.resetGroup();
          else if (what === 'leave') {
            if (here) stage.leave(who);
          } else if (what === 'replace' || !here) stage.join(who, { maxVersion: what === 'join-plain' ? 0 : 1 });
          for (let n = 0; n < deliver; n += 1) {
            const lines = stage.lines();
            if (lines.length > 0) lines[pick(lines.length)]!();
          }
        }
        stage.settle(pick);
        expect(stage.scheduler.wakeUps).toBe(0);
        const isPlain = [...stage.seats.values()].some(({ maxVersion }) => maxVersion === 0);
        if (isPlain) plain += 1;
        else encrypted += 1;
        expect(stage.call.version).toBe(isPlain ? 0 : 1);
        stage.expectConverged(isPlain ? 0 : 1);
        expect(stage.failures).toEqual([]);
        executed += stage.events.filter((event) => event.type === 'executed' && event.version === 0).length;
      }),
      { numRuns: Math.max(100, RUNS), seed: 42 },
    );
    expect(Math.min(plain, encrypted)).toBeGreaterThan(10);
    expect(executed).toBeGreaterThan(50);
  }, 120_000);
});

/** xorshift32 */
function randomPick(seed: number): (count: number) => number {
  let state = seed || 1;
  return (count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}
