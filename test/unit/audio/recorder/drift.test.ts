/** Six hours of speakers who never pause and whose clocks drift, on a clock that the test moves. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordingEvent } from '../../../../src/audio/index.js';

const SCRIPT = fileURLToPath(new URL('../../../support/record-drifting.mjs', import.meta.url));
const HOURS = 6;
const MARKS = HOURS * 6;

describe(`${HOURS} hours of two speakers whose clocks are off by 1000 ppm either way, and who never pause`, () => {
  /** How far marks are from the time when they were spoken, by file; ms. */
  let off: Record<string, number[]>;
  let told: RecordingEvent[];

  beforeAll(() => {
    const text = execFileSync(process.execPath, [SCRIPT, `${HOURS}`, '1000', '-1000'], { encoding: 'utf8', maxBuffer: 1 << 26 });
    ({ off, told } = JSON.parse(text) as { off: Record<string, number[]>; told: RecordingEvent[] });
  }, 180_000);

  it('all files are within 40 ms of each other, and of when it was said', () => {
    expect(Object.entries(off).map(([name, marks]) => [name, marks.length]).sort()).toEqual([
      ['1.ogg', MARKS],
      ['1.wav', MARKS],
      ['2.ogg', MARKS],
      ['2.wav', MARKS],
      ['mix.wav', 2 * MARKS],
    ]);
    const all = Object.values(off).flat();
    expect(Math.max(...all) - Math.min(...all)).toBeLessThan(40);
    expect(Math.max(...all.map(Math.abs))).toBeLessThan(20);
  });

  it('what is decoded is in the mix where it is in the file of its speaker, to the sample', () => {
    expect([...off['mix.wav']!].sort()).toEqual([...off['1.wav']!, ...off['2.wav']!].sort());
  });

  it('the packets that an Ogg file leaves out are told; nothing else is dropped', () => {
    const closed = told.filter((event) => event.type === 'file-closed').filter(({ kind }) => kind === 'user-ogg');
    const dropped = Object.fromEntries(closed.map((event) => [event.userId, event.dropped]));
    // 1000 ppm of six hours is 21.6 s.
    expect(Math.abs(dropped['1']! - 21_600 / 20)).toBeLessThan(5);
    expect(dropped['2']).toBe(0);
    const reasons = told.filter((event) => event.type === 'dropped').map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(new Set(['drift']));
    // Both files are as long as the recording, though one speaker sent more and the other less.
    for (const { durationMs } of closed) expect(Math.abs(durationMs - HOURS * 3_600_000)).toBeLessThan(40);
  });
});
