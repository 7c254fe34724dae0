import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Envelope } from '../../../../src/cli/demo/envelope.js';

describe('an envelope', () => {
  it('has the greatest and the least sample of each 20 ms', () => {
    const envelope = new Envelope();
    envelope.add(Int16Array.from({ length: 960 * 2 * 2 }, (_, i) => (i < 960 * 2 ? i % 7 : -(i % 5))));
    expect(envelope.peaks).toEqual([6, 0, 0, -4]);
  });

  it('counts time by samples, silence too, and leaves out what is no whole step', () => {
    const envelope = new Envelope();
    envelope.skip(48_000);
    envelope.add(Int16Array.from({ length: 959 * 2 }, () => 9));
    expect(envelope.peaks.length / Envelope.SAMPLE_RATE).toBe(1);
    expect(new Set(envelope.peaks)).toEqual(new Set([0]));
  });

  it('is the same however the sound is cut up', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(120, 240, 480, 960, 1_920, 2_880), { maxLength: 30 }), (lengths) => {
        const total = lengths.reduce((sum, length) => sum + length, 0);
        const sound = Int16Array.from({ length: total * 2 }, (_, i) => ((i * 7_919) % 65_536) - 32_768);
        const [pieces, whole] = [new Envelope(), new Envelope()];
        let at = 0;
        for (const length of lengths) pieces.add(sound.subarray(at * 2, (at += length) * 2));
        whole.add(sound);
        expect(pieces.peaks).toEqual(whole.peaks);
        expect(whole.peaks).toHaveLength(2 * Math.floor(total / 960));
      }),
      { seed: 20_261_129, numRuns: 200 },
    );
  });
});
