import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../../src/audio/recorder/timeline.js';

const MS = 48;
const FRAME = 960;

interface Sent {
  /** When it was sent, in ms of the recording: where it belongs. */
  readonly at: number;
  /** How long it was on its way, in ms. */
  readonly delay?: number;
  /** RTP timestamp; default: as the time it was sent at. */
  readonly timestamp?: number;
  readonly ssrc?: number;
  readonly pause?: boolean;
}

/** Places, in ms. */
function placesOf(sent: readonly Sent[], timeline = new Timeline()): (number | undefined)[] {
  return sent.map(({ at, delay = 0, timestamp = at * MS, ssrc = 1, pause = false }) => {
    const place = timeline.place({ ssrc, timestamp: timestamp >>> 0, samples: FRAME, arrival: (at + delay) * MS, pause });
    return place === undefined ? undefined : place / MS;
  });
}

const run = (from: number, count: number): Sent[] => Array.from({ length: count }, (_, i) => ({ at: from + 20 * i }));

describe('a timeline', () => {
  it('places the first packet where it arrived, and the others as RTP time says, jitter or not', () => {
    const sent = run(100, 5).map((one, i) => ({ ...one, delay: [7, 31, 3, 90, 12][i]! }));
    expect(placesOf(sent)).toEqual([107.5, 127.5, 147.5, 167.5, 187.5]);
  });

  it('keeps pauses', () => {
    expect(placesOf([...run(0, 2), ...run(5_000, 2)])).toEqual([0, 20, 5_000, 5_020]);
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

  it('of a sender whose RTP time stands still in pauses keeps them by the arrival', () => {
    const sent = [0, 20, 40, 3_000, 3_020, 3_300, 3_320].map((at, i) => ({ at, timestamp: i * FRAME, pause: i === 3 || i === 5 }));
    expect(placesOf(sent)).toEqual([0, 20, 40, 3_000, 3_020, 3_300, 3_320]);
  });

  it('of a sender with a new SSRC begins anew', () => {
    expect(placesOf([...run(0, 2), { at: 400, ssrc: 2, timestamp: 7 }, { at: 420, ssrc: 2, timestamp: 7 + FRAME }])).toEqual([0, 20, 400, 420]);
  });

  it('is not torn by a network that was stuck for a quarter of a second', () => {
    const sent = run(0, 40).map((one, i) => ({ ...one, delay: i >= 10 && i < 22 ? 20 * (22 - i) : 0 }));
    expect(placesOf(sent)).toEqual(run(0, 40).map(({ at }) => at));
  });

  it('that began with a late packet is right after the next pause', () => {
    const sent = [...run(0, 50).map((one, i) => ({ ...one, delay: i === 0 ? 120 : 5 })), ...run(3_000, 2).map((one) => ({ ...one, delay: 5 }))];
    const places = placesOf(sent);
    expect(places[49]).toBe(49 * 20 + 120);
    expect(places.slice(50)).toEqual([3_005, 3_025]);
  });

  it.each([0.9999, 1.0001])('follows a clock that runs at %f of ours, within a frame, for an hour of turns', (speed) => {
    const timeline = new Timeline();
    let early = 0;
    let late = 0;
    let state = 1;
    for (let turn = 0; turn < 360; turn++) {
      for (let i = 0; i < 400; i++) {
        const at = turn * 10_000 + i * 20;
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        const delay = (state >>> 24) / 20;
        const timestamp = Math.round((at * MS) / speed / 120) * 120;
        const place = timeline.place({ ssrc: 1, timestamp: timestamp >>> 0, samples: FRAME, arrival: (at + delay) * MS, pause: false });
        early = Math.min(early, place! / MS - at);
        late = Math.max(late, place! / MS - at);
      }
    }
    expect(early).toBeGreaterThan(-20);
    expect(late).toBeLessThan(20);
    expect(late - early).toBeGreaterThan(5);
  });

  it('drops what lies wholly in the past of the file, and places what lies partly there at its end', () => {
    const timeline = new Timeline();
    const sent = [...run(0, 3), { at: 20, delay: 40 }, { at: 50, delay: 10 }, { at: 80 }];
    expect(placesOf(sent, timeline)).toEqual([0, 20, 40, undefined, 60, 80]);
    expect(timeline.end).toBe(100 * MS);
  });

  it('knows the place of what is decoded from a packet, or beside it', () => {
    const timeline = new Timeline();
    placesOf(run(100, 2), timeline);
    expect([80, 120, 140, 160].map((at) => timeline.at(at * MS)! / MS)).toEqual([80, 120, 140, 160]);
    placesOf([{ at: 100, delay: 40 }], timeline);
    expect(timeline.at(100 * MS)).toBeUndefined();
  });

  it('places on its grid, without overlap, no later than a second or so after the arrival, whatever comes', () => {
    const anything = fc.record({
      ssrc: fc.nat(2),
      timestamp: fc.oneof(fc.nat(0xffff_ffff), fc.nat(20).map((n) => n * FRAME)),
      samples: fc.constantFrom(120, 960, 5_760),
      step: fc.oneof(fc.nat(2_000), fc.nat(200_000)),
      pause: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 60 }), (packets) => {
        const timeline = new Timeline();
        let arrival = 0;
        let end = 0;
        let heard = 0;
        for (const { step, ...packet } of packets) {
          arrival += step;
          heard += packet.samples;
          const at = timeline.place({ ...packet, arrival });
          if (at === undefined) continue;
          expect(at % 120).toBe(0);
          expect(at).toBeGreaterThanOrEqual(end);
          // Either where the clock says, or behind more audio than there was time for.
          expect(at).toBeLessThanOrEqual(arrival + 2_000 * MS + 120 + heard);
          end = at + packet.samples;
          expect(timeline.end).toBe(end);
        }
      }),
      { seed: 20_261_121, numRuns: 1_000 },
    );
  });
});
