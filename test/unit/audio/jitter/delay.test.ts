import { describe, expect, it } from 'vitest';
import { JitterDelay } from '../../../../src/audio/jitter/delay.js';
import { silence, speech } from '../speech-packets.js';

const settled = (lateness: (n: number) => number, packets = 6_000): number => {
  const delay = new JitterDelay();
  for (let n = 0; n < packets; n++) delay.measure(speech(n, { arrival: n * 20 + lateness(n) }));
  return delay.ms;
};

/** The same sequence every time: 0 to 1, spread evenly enough. */
const spread = (n: number): number => (n * 0.618_034) % 1;

describe('the wait', () => {
  it('sinks to the least one without jitter', () => {
    expect(settled(() => 0)).toBe(20);
    expect(settled(() => 12_345)).toBe(20);
  });

  it('covers even jitter of 60 ms, and not much more', () => {
    const ms = settled((n) => 60 * spread(n));
    expect(ms).toBeGreaterThan(55);
    expect(ms).toBeLessThanOrEqual(60);
  });

  it('covers one packet in 100 that is 90 ms late', () => {
    expect(settled((n) => (n % 100 === 0 ? 90 : 0))).toBeGreaterThan(70);
  });

  it('does not care for one packet in 2 000', () => {
    expect(settled((n) => (n % 2_000 === 1_000 ? 180 : 0))).toBe(20);
  });

  it('is not taken in by clocks that drift apart by a thousandth', () => {
    expect(settled((n) => n * 0.02)).toBe(20);
    expect(settled((n) => n * -0.02)).toBe(20);
  });

  it('forgets a longer way within seconds: only differences count', () => {
    expect(settled((n) => (n < 3_000 ? 0 : 150))).toBeLessThan(60);
  });

  it('measures nothing over a pause in which the RTP clock stood still', () => {
    const pauses = (kind: 'silence' | 'marker' | 'neither', pause: number): number => {
      const delay = new JitterDelay();
      let arrival = 0;
      for (let n = 0; n < 3_000; n++) {
        const begins = n % 50 === 0;
        arrival += begins ? 20 + pause : 20;
        const ends = kind === 'silence' && n % 50 === 49;
        delay.measure(ends ? silence(n, { arrival }) : speech(n, { arrival, marker: kind === 'marker' && begins }));
      }
      return delay.ms;
    };
    expect(pauses('silence', 400)).toBe(20);
    expect(pauses('marker', 400)).toBe(20);
    expect(pauses('neither', 1_500)).toBe(20);
    expect(pauses('neither', 400)).toBe(200);
  });

  it('is not spoilt by arrivals and timestamps without sense', () => {
    const delay = new JitterDelay();
    for (const arrival of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1e12, 1e15, 5]) delay.measure(speech(1, { arrival, timestamp: 2 ** 31 }));
    expect(delay.ms).toBeGreaterThanOrEqual(20);
    expect(delay.ms).toBeLessThanOrEqual(200);
  });
});
