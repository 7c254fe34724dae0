import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { JitterEstimate } from '../../../../src/media/receive/jitter-estimate.js';

const FRAME = 960;

/** Feeds pairs of `[RTP timestamp, arrival]`. */
function jitter(packets: readonly (readonly [number, number])[]): number {
  const target = new JitterEstimate();
  for (const [timestamp, arrival] of packets) target.arrive(timestamp, arrival);
  return target.ms;
}

describe('JitterEstimate', () => {
  it('of a steady stream is 0, over the wrap of RTP time and from any start', () => {
    const start = 2 ** 32 - 10 * FRAME;
    expect(jitter(Array.from({ length: 100 }, (_, i) => [(start + i * FRAME) % 2 ** 32, 5_000 + i * 20]))).toBe(0);
    expect(jitter([[7, 7]])).toBe(0);
  });

  it("is RFC 3550's: a sixteenth of each deviation, less a sixteenth of itself", () => {
    const packets: readonly (readonly [number, number])[] = [[0, 100], [FRAME, 136], [2 * FRAME, 140], [3 * FRAME, 160]]; // prettier-ignore
    let expected = 0;
    for (const deviation of [16, 16, 0]) expected += (deviation - expected) / 16;
    expect(jitter(packets)).toBeCloseTo(expected, 12);
  });

  it('counts what comes out of turn like the rest', () => {
    expect(jitter([[FRAME, 100], [0, 100]])).toBeCloseTo(20 / 16, 12); // prettier-ignore
  });

  it('is not raised by a pause, whether RTP time has stopped in it or not, nor by a clock that is set back', () => {
    expect(jitter([[0, 0], [FRAME, 20], [2 * FRAME, 5_000], [3 * FRAME, 5_020]])).toBe(0); // prettier-ignore
    expect(jitter([[0, 0], [FRAME, 20], [250 * FRAME, 5_000], [251 * FRAME, 5_020]])).toBe(0); // prettier-ignore
    expect(jitter([[0, 90_000], [FRAME, 20], [2 * FRAME, 40]])).toBe(0); // prettier-ignore
  });

  it('forgets where it was when the stream is another', () => {
    const target = new JitterEstimate();
    target.arrive(0, 0);
    target.interrupt();
    target.arrive(1_000_000, 20);
    expect(target.ms).toBe(0);
  });

  it('settles at the mean deviation of what comes, and stays a number', () => {
    const deviations = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 300 });
    fc.assert(
      fc.property(deviations, (delays) => {
        const ms = jitter(delays.map((delay, i) => [i * FRAME, 1_000 + i * 20 + delay]));
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(Math.max(...delays) - Math.min(...delays));
      }),
    );
  });
});
