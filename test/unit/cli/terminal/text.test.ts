import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressBar } from '../../../../src/cli/terminal/progress-bar.js';
import { intervals, percentile, summarize } from '../../../../src/cli/demo/statistics.js';
import { table } from '../../../../src/cli/terminal/table.js';
import { bar, clockText, columnsOf } from '../../../../src/cli/terminal/text.js';
import { timeline } from '../../../../src/cli/demo/timeline.js';

const seed = { seed: 20_261_121, numRuns: 500 };

describe('times', () => {
  it.each([
    [0, '0:00'],
    [7_999, '0:07'],
    [754_000, '12:34'],
    [3_723_000, '1:02:03'],
    [-5, '0:00'],
    [Number.NaN, '0:00'],
    [Number.POSITIVE_INFINITY, '0:00'],
  ])('%d ms are %s', (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });
});

describe('a progress bar', () => {
  it('shows eighths and both times', () => {
    expect(progressBar(7_000, 12_000, 12)).toBe('███████      0:07 / 0:12');
    expect(progressBar(1_000, 16_000, 10)).toBe('▋          0:01 / 0:16');
    expect(progressBar(12_000, 12_000, 4, { colour: true })).toBe('\x1b[36m████\x1b[0m 0:12 / 0:12');
  });

  it('keeps its length, and never shrinks', () => {
    const any = fc.oneof(fc.double(), fc.integer({ min: 0, max: 90_000 }));
    fc.assert(
      fc.property(any, any, fc.integer({ min: 0, max: 7_200_000 }), fc.integer({ min: 1, max: 100 }), (a, b, total, width) => {
        const [less, more] = [a, b].sort((x, y) => x - y) as [number, number];
        const whole = columnsOf(progressBar(total, total, width));
        expect(columnsOf(progressBar(a, total, width))).toBe(whole);
        expect(whole).toBe(width + 1 + 2 * clockText(total).length + 3);
        const filled = (done: number): number => progressBar(done, total, width).slice(0, width).trimEnd().length;
        if (!Number.isNaN(a) && !Number.isNaN(b)) expect(filled(less)).toBeLessThanOrEqual(filled(more));
      }),
      seed,
    );
  });

  it('has no place to go outside of its field', () => {
    fc.assert(
      fc.property(fc.double(), fc.integer({ min: 1, max: 80 }), (cells, width) => {
        expect([...bar(cells, width)]).toHaveLength(width);
      }),
      seed,
    );
  });
});

describe('a table', () => {
  it('aligns words on the left and numbers on the right', () => {
    expect(table([['packets', '600'], ['lost', '0']], { head: ['what', 'count'], right: [1] })).toEqual([
      'what     count',
      '───────  ─────',
      'packets    600',
      'lost         0',
    ]);
  });

  it('is as wide everywhere, whatever is in its cells', () => {
    const row = fc.array(fc.string({ maxLength: 12, unit: 'binary-ascii' }).map((cell) => cell.replaceAll('\x1b', '')), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), row, fc.nat(4), fc.boolean(), (rows, head, gap, colour) => {
        const lines = table(rows, { head, gap, colour, right: [1] });
        expect(lines).toHaveLength(rows.length + 2);
        expect(new Set(lines.map(columnsOf)).size).toBe(1);
        expect(lines.join('')).not.toContain('\n');
      }),
      seed,
    );
  });

  it('of nothing is empty', () => {
    expect(table([])).toEqual([]);
  });
});

describe('statistics', () => {
  it('interpolates between neighbours', () => {
    expect([0, 25, 50, 90, 100].map((p) => percentile([10, 20, 30, 40, 50], p))).toEqual([10, 20, 30, 46, 50]);
    expect(percentile([1, 2], 50)).toBe(1.5);
    expect(percentile([], 50)).toBeNaN();
  });

  it('sums intervals up', () => {
    expect(intervals([5, 25, 44, 66])).toEqual([20, 19, 22]);
    expect(intervals([])).toEqual([]);
    expect(summarize([2, 4, 4, 4, 5, 5, 7, 9])).toMatchObject({ count: 8, min: 2, max: 9, mean: 5, p50: 4.5, deviation: 2 });
    expect(summarize([])).toBeUndefined();
  });

  it('are in order, and within the values', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });
    fc.assert(
      fc.property(values, (all) => {
        const { min, p50, p95, p99, max, mean, deviation } = summarize(all)!;
        expect([min, p50, p95, p99, max]).toEqual([min, p50, p95, p99, max].sort((a, b) => a - b));
        expect(all.every((value) => value >= min && value <= max)).toBe(true);
        expect(mean).toBeGreaterThanOrEqual(min - 1e-6);
        expect(mean).toBeLessThanOrEqual(max + 1e-6);
        expect(deviation).toBeLessThanOrEqual(max - min + 1e-6);
      }),
      seed,
    );
  });
});

describe('a timeline', () => {
  it('says when each stage began and how long it took', () => {
    const events = [
      { at: 1004, label: 'hello' },
      { at: 1000, label: 'socket' },
      { at: 1008, label: 'ready' },
    ];
    expect(timeline(events, { width: 8 })).toEqual([
      '+0.0 ms  socket  4.0 ms  ████    ',
      '+4.0 ms  hello   4.0 ms      ████',
      '+8.0 ms  ready                  ▏',
    ]);
    expect(timeline(events, { width: 12, end: 1012 })[2]).toBe('+8.0 ms  ready   4.0 ms          ████');
    expect(timeline([])).toEqual([]);
  });

  it('is as wide everywhere, with and without colour', () => {
    const event = fc.record({ at: fc.double({ min: 0, max: 1e5, noNaN: true }), label: fc.constantFrom('socket', 'hello', '') });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (events, width) => {
        const plain = timeline(events, { width });
        expect(plain).toHaveLength(events.length);
        expect(new Set(plain.map(columnsOf)).size).toBe(1);
        expect(timeline(events, { width, colour: true }).map(columnsOf)).toEqual(plain.map(columnsOf));
        for (const line of plain) expect([...line].slice(-width).join('').trim()).not.toBe('');
      }),
      seed,
    );
  });
});
