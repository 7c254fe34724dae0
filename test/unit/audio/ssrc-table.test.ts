import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../src/errors.js';
import { SsrcTable, type SsrcTableOptions } from '../../../src/audio/ssrc-table.js';

function numbered(options: Partial<SsrcTableOptions> = {}): { table: SsrcTable<number>; left: number[] } {
  const left: number[] = [];
  let made = 0;
  const table = new SsrcTable({ idle: 1_000, maxStreams: 3, ...options }, () => made++, (item) => left.push(item));
  return { table, left };
}

describe('a table of SSRCs', () => {
  it('makes an item once', () => {
    const { table } = numbered();
    expect([7, 8, 7].map((ssrc) => table.hear(ssrc, 0))).toEqual([0, 1, 0]);
    const visited: number[] = [];
    table.forEach((item) => visited.push(item));
    expect(visited).toEqual([0, 1]);
  });

  it('makes room by forgetting who was not heard for longest', () => {
    const { table, left } = numbered();
    [1, 2, 3, 1].forEach((ssrc, i) => table.hear(ssrc, i));
    table.hear(4, 10);
    expect(left).toEqual([1]);
    expect(table.size).toBe(3);
    expect(table.hear(2, 11)).toBe(4);
  });

  it('forgets who is idle, within a quarter more of that time', () => {
    const { table, left } = numbered();
    table.hear(1, 0);
    for (let now = 0; now <= 990; now += 10) table.hear(2, now);
    expect(left).toEqual([]);
    for (let now = 1_000; now <= 1_250; now += 10) table.hear(2, now);
    expect(left).toEqual([0]);
  });

  it('goes on forgetting when the clock was set back', () => {
    const { table, left } = numbered();
    table.hear(1, 1e12);
    table.hear(2, 0);
    table.hear(3, 1_000);
    table.hear(3, 1_250);
    expect(left).toEqual([1]);
    table.hear(4, 1_260);
    table.hear(5, 1_270);
    expect(table.size).toBe(3);
  });

  it.each([{ idle: 0 }, { idle: Number.NaN }, { maxStreams: 0 }, { maxStreams: Number.NaN }])('does not take %o', (options) => {
    expect(() => numbered(options)).toThrow(VoiceOptionsError);
  });
});
