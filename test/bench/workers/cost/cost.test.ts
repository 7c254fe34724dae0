/** What a frame costs in a thread: the windows are compared correctly, and a short run measures both sides of each pair. */
import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { differences, quartiles, ratios, together } from './windows.mjs';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../run.mjs', import.meta.url));
const WIRE = fileURLToPath(new URL('../wire.mjs', import.meta.url));

interface Side {
  readonly cpuPerFrame: readonly number[];
}
interface Result {
  readonly pair: string;
  readonly sessions: number;
  readonly age: string;
  readonly main: Side;
  readonly thread: Side;
  readonly ratio: readonly number[];
}

describe('the windows', () => {
  it('have quartiles, whatever their order and however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 40 }), (values) => {
        const three = quartiles(values);
        expect(values).toEqual(expect.arrayContaining(three));
        expect([...three].sort((a, b) => a - b)).toEqual(three);
        three.forEach((quartile, i) => {
          expect(values.filter((value) => value < quartile).length).toBeLessThanOrEqual(((i + 1) * values.length) / 4);
          expect(values.filter((value) => value > quartile).length).toBeLessThanOrEqual(((3 - i) * values.length) / 4);
        });
      }),
    );
    expect(quartiles([])).toEqual([NaN, NaN, NaN]);
  });

  it('are each held to the other sender in the same window', () => {
    expect(ratios([{ cpu: 300, frames: 10 }, { cpu: 900, frames: 10 }], [{ cpu: 400, frames: 20 }, { cpu: 300, frames: 10 }])).toEqual([1.5, 3]); // prettier-ignore
    expect(differences([{ cpu: 300, frames: 10 }, { cpu: 900, frames: 10 }], [{ cpu: 400, frames: 20 }, { cpu: 300, frames: 10 }])).toEqual([10, 60]); // prettier-ignore
  });
});

describe('several processes', () => {
  it('are one whose windows are those of all', () => {
    expect(together([[{ cpu: 1, frames: 2 }, { cpu: 3, frames: 4 }], [{ cpu: 10, frames: 20 }, { cpu: 30, frames: 40 }]])).toEqual([{ cpu: 11, frames: 22 }, { cpu: 33, frames: 44 }]); // prettier-ignore
  });
});

it('the wire alone: each frame of each play is told of', { timeout: 60_000 }, async () => {
  const { stdout } = await run(process.execPath, [WIRE, '3']);
  const [, inThread, atHome, heard] = /^3 plays, .* windows: (\d+) ns a frame in the thread, (\d+) ns at home; (\d+) events heard$/m.exec(stdout)!.map(Number);
  expect(inThread).toBeGreaterThan(0);
  expect(atHome).toBeGreaterThan(0);
  // 50 windows of 200 ticks, except what the last round has not read; `started` events count too.
  expect(heard).toBeGreaterThan(3 * (50 * 200 - 11));
});

describe.concurrent('npm run bench:workers -- --cost', () => {
  // Every pair, and every age; each run takes processes of its own.
  it.each([
    ['frames', ['new', 'warm']],
    ['file', ['warm']],
    ['bare', ['new']],
    ['rings', ['warm']],
  ])('measures both sides of a pair: %s, %s', { timeout: 120_000 }, async (pair, ages) => {
    const short = ['--n', '2', '--processes', '1', '--windows', '2', '--seconds', '0.5', '--warm-up', '3', '--warmers', '3'];
    const { stdout } = await run(process.execPath, [SCRIPT, '--cost', ...short, '--pairs', pair, '--ages', ages.join(), '--json']);
    const results = JSON.parse(stdout) as readonly Result[];
    expect(results).toMatchObject(ages.map((age) => ({ pair, sessions: 2, age })));
    for (const { main, thread, ratio } of results) for (const figure of [...main.cpuPerFrame, ...thread.cpuPerFrame, ...ratio]) expect(figure).toBeGreaterThan(0);
  });

  it('says what it takes when it is given something else', async () => {
    const all = [['--n', '0'], ['--pairs', 'bare,none'], ['--ages', 'old'], ['--windows', 'few'], ['--fast']];
    const ended = await Promise.allSettled(all.map((args) => run(process.execPath, [SCRIPT, '--cost', ...args])));
    const reason = { code: 1, stderr: expect.stringContaining('usage: npm run bench:workers -- --cost') };
    expect(ended).toMatchObject(all.map(() => ({ status: 'rejected', reason })));
  });
});
