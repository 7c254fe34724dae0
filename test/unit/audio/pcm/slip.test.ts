import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slipTo } from '../../../../src/audio/pcm/slip.js';
import { tone } from '../voice-packets.js';

/** Left and right of each sample. */
const pairs = (pcm: Int16Array): string[] => Array.from({ length: pcm.length / 2 }, (_, i) => `${pcm[2 * i]} ${pcm[2 * i + 1]}`);

describe('a slip', () => {
  it('of nothing is the audio itself', () => {
    const pcm = tone(440, 960);
    expect(slipTo(960, pcm)).toBe(pcm);
  });

  it('leaves out, or doubles, as many samples as it should, and keeps all others in their order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 120, max: 2_880 }), fc.integer({ min: -2, max: 2 }), fc.integer(), (samples, slip, seed) => {
        const pcm = Int16Array.from({ length: 2 * samples }, (_, i) => Math.imul(seed + (i >> 1), 0x9e37_79b1) >> 16);
        const before = pairs(pcm);
        const after = pairs(slipTo(samples + slip, pcm));
        expect(after).toHaveLength(samples + slip);
        const [longer, shorter] = slip > 0 ? [after, before] : [before, after];
        let at = 0;
        for (const one of longer) if (one === shorter[at]) at += 1;
        expect(at).toBe(shorter.length);
        // Each inserted sample stands next to an equal one.
        if (slip > 0) expect(after.filter((one, i) => i > 0 && one === after[i - 1]).length).toBeGreaterThanOrEqual(slip);
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });

  it('is where the sound is smoothest: no step is greater than those that the tone has anyway', () => {
    const steps = (pcm: Int16Array): number => Math.max(...pairs(pcm).map((_, i) => (i === 0 ? 0 : Math.abs(pcm[2 * i]! - pcm[2 * i - 2]!))));
    for (const hertz of [100, 440, 3_000]) {
      const pcm = tone(hertz, 960);
      for (const samples of [958, 959, 961, 962]) expect(steps(slipTo(samples, pcm))).toBeLessThanOrEqual(steps(pcm));
    }
  });

  it('is none where far more is wanted, or less: that is cut off, or left', () => {
    const pcm = tone(440, 960);
    expect(slipTo(480, pcm)).toEqual(pcm.subarray(0, 960));
    expect(slipTo(1_920, pcm)).toBe(pcm);
    expect(slipTo(960, new Int16Array(0))).toHaveLength(0);
  });
});
