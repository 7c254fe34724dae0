import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline, type Place, type Settled } from '../../../../src/audio/timing/timeline.js';

const MS = 48;
const FRAME = 960;
const SETTLE_MS = 250;

interface Sent {
  /** When it was sent, in ms: where it belongs. */
  readonly at: number;
  /** How long it was on its way, in ms. */
  readonly delay?: number;
  /** RTP timestamp; default: derived from the time at which it was sent. */
  readonly timestamp?: number;
  readonly heard?: boolean;
  readonly quiet?: boolean;
}

const timelineOf = (): Timeline<number> => new Timeline({ bound: 60 * MS, grid: 120, start: 0 });

/** Places by the number of the packet; each spurt is settled 250 ms after it begins, as in the recorder. */
function settledOf(sent: readonly Sent[], timeline = timelineOf()): Map<number, Place> {
  const all: Settled<number>[] = [];
  sent.forEach(({ at, delay = 0, timestamp = at * MS, heard = true, quiet = false }, i) => {
    const arrival = Math.round((at + delay) * MS);
    all.push(...timeline.settle(arrival - SETTLE_MS * MS));
    all.push(...timeline.push(i, { timestamp: timestamp >>> 0, samples: FRAME, arrival, heard, quiet }));
  });
  all.push(...timeline.settle());
  return new Map(all.map(({ piece, place }) => [piece, place]));
}

/** In ms. */
function placesOf(sent: readonly Sent[]): number[] {
  const places = settledOf(sent);
  return sent.map((_, i) => places.get(i)!.at / MS);
}

const run = (from: number, count: number): Sent[] => Array.from({ length: count }, (_, i) => ({ at: from + 20 * i }));

describe('a timeline', () => {
  it('ties a spurt to the clock by the quickest of its first packets, and places the others as RTP time says, jitter or not', () => {
    const sent = run(100, 5).map((one, i) => ({ ...one, delay: [47, 31, 5, 90, 12][i]! }));
    expect(placesOf(sent)).toEqual([105, 125, 145, 165, 185]);
  });

  it('keeps pauses, and says where there are some', () => {
    const sent = [...run(0, 2), ...run(5_000, 2)];
    expect(placesOf(sent)).toEqual([0, 20, 5_000, 5_020]);
    expect([...settledOf(sent).values()].map(({ joins }) => joins)).toEqual([false, true, false, true]);
  });

  it('counts a loss as what goes on', () => {
    const sent = run(0, 4).map((one, i) => ({ ...one, heard: i !== 2 }));
    expect([...settledOf(sent).values()].map(({ at, joins }) => [at / MS, joins])).toEqual([[0, false], [20, true], [40, true], [60, true]]); // prettier-ignore
  });

  it('goes on over the wrap of RTP time', () => {
    const wrap = [0, 20, 40, 5_000].map((at) => ({ at, timestamp: 2 ** 32 - FRAME + at * MS }));
    expect(placesOf(wrap)).toEqual([0, 20, 40, 5_000]);
  });

  it.each([
    ['forgets its RTP time', 3_000_000_000],
    ['goes back in RTP time', -48_000 * 60],
    ['jumps ahead in RTP time', 48_000 * 60],
  ])('of a sender who %s goes on where his packets arrive', (_, jump) => {
    const sent = [...run(0, 3), ...run(60, 3).map((one) => ({ ...one, timestamp: one.at * MS + jump }))];
    expect(placesOf(sent)).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it('is not led away by a loss with a wild timestamp', () => {
    const sent = [...run(0, 3), { at: 60, timestamp: 3_000_000_000, heard: false }, { at: 80, timestamp: 3_000_000_960 }, { at: 100, timestamp: 3_000_001_920 }];
    expect(placesOf(sent)).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it('of a sender whose RTP time stands still in pauses keeps them by the arrival', () => {
    const sent = [0, 20, 40, 3_000, 3_020, 3_300, 3_320].map((at, i) => ({ at, timestamp: i * FRAME, quiet: i === 2 || i === 4 }));
    expect(placesOf(sent)).toEqual([0, 20, 40, 3_000, 3_020, 3_300, 3_320]);
  });

  it('is not torn by a network that was stuck for a quarter of a second', () => {
    const sent = run(0, 40).map((one, i) => ({ ...one, delay: i >= 10 && i < 22 ? 20 * (22 - i) : 0 }));
    expect(placesOf(sent)).toEqual(run(0, 40).map(({ at }) => at));
  });

  it('that began with slow packets is right after the next pause, and nothing overlaps', () => {
    const slow = run(0, 50).map((one, i) => ({ ...one, delay: i < 20 ? 40 : 5 }));
    const places = placesOf([...slow, ...run(3_000, 2).map((one) => ({ ...one, delay: 5 }))]);
    expect(places[12]).toBe(12 * 20 + 40);
    expect(places.slice(50)).toEqual([3_005, 3_025]);
    places.slice(1).forEach((at, i) => expect(at - places[i]!).toBeGreaterThan(19.9));
  });

  it.each([0.9999, 1.0001])('follows a clock that runs at %f of ours, within a frame, for an hour of turns', (speed) => {
    let state = 1;
    const sent = Array.from({ length: 360 * 400 }, (_, n): Sent => {
      const at = Math.floor(n / 400) * 10_000 + (n % 400) * 20;
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return { at, delay: (state >>> 24) / 20, timestamp: Math.round((at * MS) / speed / 120) * 120 };
    });
    const off = placesOf(sent).map((place, i) => place - sent[i]!.at);
    expect(off.reduce((least, ms) => Math.min(least, ms))).toBeGreaterThan(-10);
    expect(off.reduce((most, ms) => Math.max(most, ms))).toBeLessThan(10);
  });

  it.each([1_000, 50, -50, -1_000])('stays with a sender who is off by %i ppm and never pauses, without a hole, for six hours', (ppm) => {
    const timeline = timelineOf();
    let end: number | undefined;
    let worst = 0;
    let holes = 0;
    for (let n = 0; n < 6 * 3_600 * 50; n++) {
      const at = (n * 20) / (1 + ppm / 1e6);
      timeline.settle(Math.round(at * MS) - SETTLE_MS * MS);
      for (const { piece, place } of timeline.push(n, { timestamp: (n * FRAME) >>> 0, samples: FRAME, arrival: Math.round(at * MS), heard: true, quiet: false })) {
        worst = Math.max(worst, Math.abs(place.at / MS - (piece * 20) / (1 + ppm / 1e6)));
        if (end !== undefined && place.at !== end) holes += 1;
        end = place.at + place.samples;
      }
    }
    expect({ holes, near: worst < 15 }).toEqual({ holes: 0, near: true });
  });

  it('never places spurts over one another, nor before its start, nor far in the future, whatever comes', () => {
    const anything = fc.record({
      timestamp: fc.oneof(fc.nat(0xffff_ffff), fc.nat(20).map((n) => n * FRAME)),
      samples: fc.constantFrom(120, 960, 5_760),
      step: fc.oneof(fc.nat(2_000), fc.nat(200_000)),
      heard: fc.boolean(),
      quiet: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 60 }), (packets) => {
        const timeline = timelineOf();
        let arrival = 0;
        let length = 0;
        const settled: Settled<number>[] = [];
        for (const { step, ...timing } of packets) {
          arrival += step;
          length += timing.samples;
          settled.push(...timeline.settle(arrival - SETTLE_MS * MS), ...timeline.push(arrival, { ...timing, arrival }));
        }
        settled.push(...timeline.settle());
        expect(settled).toHaveLength(packets.length);
        let end = 0;
        for (const { piece, place } of settled) {
          // Either near its arrival, or after more audio than the time since then can hold.
          if (!(place.at >= -2_000 * MS && place.at <= piece + 2_000 * MS + length)) expect.fail(`what came at ${piece} is at ${place.at}`);
          if (place.joins && place.at !== end) expect.fail(`what joins the end at ${end} is at ${place.at}`);
          end = Math.max(end, place.at + place.samples);
        }
      }),
      { seed: 20_261_121, numRuns: 1_000 },
    );
  });
});
