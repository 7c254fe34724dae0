import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandPace } from '../../../src/gateway/command-pace.js';

/** The highest number sent in any 60 s. */
function mostInAMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 60_000).length));
}

describe('CommandPace', () => {
  it('lets five go at once, and then one each second', () => {
    const pace = new CommandPace();
    expect([0, 0, 0, 0, 0].map((now) => pace.sent(now))).toEqual([0, 0, 0, 0, 1_000]);
    expect(pace.sent(1_000)).toBe(1_000);
    expect(pace.sent(2_500)).toBe(500);
    expect(pace.sent(60_000)).toBe(0);
  });

  it('whoever keeps to it sends 65 a minute at the most, whenever he sends', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { minLength: 1, maxLength: 300 }), (pauses) => {
        const pace = new CommandPace();
        const times: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          times.push(now);
          now += pace.sent(now);
        }
        expect(mostInAMinute(times)).toBeLessThanOrEqual(65);
      }),
    );
    const pace = new CommandPace();
    const times: number[] = [];
    for (let now = 0; now < 300_000; now += pace.sent(now)) times.push(now);
    expect(mostInAMinute(times)).toBeGreaterThan(60);
  });

  it('a clock that is set back costs a second, and no more', () => {
    const pace = new CommandPace();
    for (let i = 0; i < 5; i += 1) pace.sent(3_600_000);
    expect(pace.sent(0)).toBe(1_000);
    expect(pace.sent(1_000)).toBe(1_000);
    expect(pace.sent(10_000)).toBe(0);
  });
});
