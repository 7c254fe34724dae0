import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { SequenceRun, type Turn } from '../../../../src/media/receive/sequence-run.js';

function run(...sequences: readonly number[]): { turns: Turn[]; lost: number } {
  const target = new SequenceRun();
  return { turns: sequences.map((sequence) => target.arrive(sequence)), lost: target.lost };
}

describe('SequenceRun', () => {
  it.each<[string, number[], Turn[], number]>([
    ['nothing', [], [], 0],
    ['in order, over the wrap', [65_534, 65_535, 0, 1], ['next', 'next', 'next', 'next'], 0],
    ['a loss over the wrap', [65_534, 1], ['next', 'next'], 2],
    ['a loss that comes late', [10, 13, 11], ['next', 'next', 'reordered'], 1],
    ['late and over the wrap', [65_535, 1, 0], ['next', 'next', 'reordered'], 0],
    ['twice', [10, 10, 11, 10, 11], ['next', 'duplicate', 'next', 'duplicate', 'duplicate'], 0],
    ['a duplicate hides no loss', [10, 10, 12], ['next', 'duplicate', 'next'], 1],
    ['the first was overtaken', [11, 10, 12, 10], ['next', 'reordered', 'next', 'duplicate'], 0],
    ['the first of all numbers was overtaken', [1, 0, 65_535, 2], ['next', 'reordered', 'reordered', 'next'], 0],
    ['the longest loss', [0, 2_999], ['next', 'next'], 2_998],
    ['a jump is no loss, and two in a row are a new run', [0, 1, 3_001, 3_002, 3_003], ['next', 'next', 'stray', 'next', 'next'], 0],
    ['a jump back', [5_000, 4_000, 4_001], ['next', 'stray', 'next'], 0],
    ['what was lost before a jump stays lost', [0, 2, 9_000, 9_001, 9_003], ['next', 'next', 'stray', 'next', 'next'], 2],
    ['one stray alone changes nothing', [0, 9_000, 1, 9_001, 2], ['next', 'stray', 'next', 'stray', 'next'], 0],
  ])('%s', (_, sequences, turns, lost) => {
    expect(run(...sequences)).toEqual({ turns, lost });
  });

  it('forgets a gap in which nobody listened, not what was lost before it', () => {
    const target = new SequenceRun();
    for (const sequence of [0, 2]) target.arrive(sequence);
    target.interrupt();
    expect(target.lost).toBe(1);
    expect([target.arrive(100), target.arrive(101), target.arrive(103)]).toEqual(['next', 'next', 'next']);
    expect(target.lost).toBe(2);
  });

  it('is a slow twin that remembers every packet, over any losses, duplicates and reordering of any stream', () => {
    const fate = fc.record({ copies: fc.integer({ min: 0, max: 2 }), delay: fc.integer({ min: 0, max: 30 }) });
    fc.assert(
      fc.property(fc.nat(65_535), fc.array(fate, { minLength: 1, maxLength: 600 }), (first, fates) => {
        const arrivals = fates
          .flatMap(({ copies, delay }, i) => Array.from({ length: copies }, (_, copy) => ({ i, at: i + delay * (copy + 1) })))
          .sort((a, b) => a.at - b.at);
        const target = new SequenceRun();
        const seen = new Set<number>();
        for (const { i } of arrivals) {
          const highest = Math.max(...seen);
          const expected: Turn = seen.has(i) ? 'duplicate' : i < highest ? 'reordered' : 'next';
          expect(target.arrive((first + i) & 0xffff)).toBe(expected);
          seen.add(i);
        }
        const span = seen.size === 0 ? 0 : Math.max(...seen) - Math.min(...seen) + 1;
        expect(target.lost).toBe(span - seen.size);
      }),
      { numRuns: 200 },
    );
  });

  it('never owes packets, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(65_535), fc.nat(300)), { maxLength: 300 }), (sequences) => {
        const target = new SequenceRun();
        let before = 0;
        for (const sequence of sequences) {
          const turn = target.arrive(sequence);
          expect(target.lost).toBeGreaterThanOrEqual(0);
          if (turn === 'duplicate' || turn === 'stray') expect(target.lost).toBe(before);
          before = target.lost;
        }
      }),
    );
  });
});
