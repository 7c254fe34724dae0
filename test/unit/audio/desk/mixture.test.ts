/** Levels, fades, ducking and crossfades, exact to the sample; and none of them clicks or is too loud. */
import { BehaviorSubject, NEVER, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { limiter } from '../../../../src/audio/index.js';
import { Ramp } from '../../../../src/audio/desk/mixture/ramp.js';
import { loudestClick } from './clicks.js';
import { Mixture } from './mixture.js';
import { FRAME, level, pieces, tone } from './stage.js';

const CLICK = -60;
const add = (id: string, value: number, frames: number, options = {}) => ({ type: 'add', id, source: pieces(level(value, frames * FRAME)), ...options }) as const;
/** The left sample at the start of a frame. */
const at = (mixture: Mixture, frame: number): number => mixture.frames[frame]![0]!;

describe('levels', () => {
  it('a ramp goes there from where it is, and is there to the sample', () => {
    const ramp = new Ramp(1);
    ramp.to(0, 4);
    const gains = new Float32Array(6).fill(1);
    ramp.apply(gains);
    expect([...gains].map((gain) => Number(gain.toFixed(3)))).toEqual([1, 0.854, 0.5, 0.146, 0, 0]);
    ramp.to(1, 2, 'power');
    expect([ramp.settled, ramp.target, ramp.value]).toEqual([false, 1, 0]);
  });

  it('the power of two that cross with a power ramp stays the same', () => {
    const [up, down] = [new Ramp(0), new Ramp(1)];
    up.to(1, 100, 'power');
    down.to(0, 100, 'power');
    const gains = [up, down].map((ramp) => {
      const gain = new Float32Array(100).fill(1);
      ramp.apply(gain);
      return gain;
    });
    for (let i = 0; i < 100; i++) expect(gains[0]![i]! ** 2 + gains[1]![i]! ** 2).toBeCloseTo(1, 5);
  });

  it('multiply, and add up', async () => {
    const mixture = new Mixture().do(add('a', 0.4, 20, { volume: 0.5 }), add('b', 0.1, 20));
    await mixture.play(3);
    mixture.do({ type: 'mute', id: 'b' }, { type: 'volume', id: 'a', volume: 2, ramp: 40 });
    await mixture.play(6);
    expect([at(mixture, 2), at(mixture, 4), at(mixture, 5), at(mixture, 8)]).toEqual([0.3, expect.closeTo(0.5, 1), 0.8, 0.8].map((value) => (typeof value === 'number' ? (expect.closeTo(value, 4) as number) : value)));
  });
});

describe('ducking', () => {
  it('by priority: the soundboard over the music, speech over both, each by 12 dB, in 60 ms and back in 400', async () => {
    const mixture = new Mixture().do(add('music', 0.4, 200), add('board', 0.2, 30, { priority: 1 }));
    await mixture.play(10);
    mixture.do({ ...add('speech', 0.1, 10, { priority: 2 }) });
    await mixture.play(50);
    const down = 10 ** (-12 / 20);
    // The speech is there from frame 10 to 19, and the board from 0 to 29.
    expect(at(mixture, 9)).toBeCloseTo(0.4 * down + 0.2, 4);
    expect(at(mixture, 15)).toBeCloseTo(0.4 * down + 0.2 * down + 0.1, 4);
    expect(at(mixture, 25)).toBeLessThan(0.4 * down + 0.2);
    expect(at(mixture, 55)).toBeCloseTo(0.4, 4);
  });

  it('by whatever says so, for as long as it does', async () => {
    const by$ = new BehaviorSubject(false);
    const mixture = new Mixture().do(add('a', 0.4, 200, { duck: { by$, depth: Infinity, attack: 20, release: 20 } }));
    await mixture.play(3);
    by$.next(true);
    await mixture.play(3);
    by$.next(false);
    await mixture.play(3);
    expect([at(mixture, 2), at(mixture, 5), at(mixture, 8)].map((value) => Number(value.toFixed(3)))).toEqual([0.4, 0, 0.4]);
    mixture.roster.stop();
    expect(by$.observed).toBe(false);
  });

  it.each([['that fails', throwError(() => new Error('boom')), true], ['that never says anything', NEVER, false]] as const)('by something %s', async (_, by$, told) => {
    const mixture = new Mixture().do(add('a', 0.4, 5, { duck: { by$ } }));
    await mixture.toEnd();
    expect(at(mixture, 3)).toBeCloseTo(0.4, 4);
    expect(mixture.told('ignored').length).toBe(told ? 1 : 0);
  });

  it('not of who is muted, stalled or paused, nor of who is never to be', async () => {
    const loud = add('loud', 0.1, 200, { priority: 5, muted: true });
    const mixture = new Mixture().do(add('a', 0.4, 200), add('b', 0.2, 200, { duck: false }), loud, { ...loud, id: 'p', muted: false, paused: true });
    await mixture.play(5);
    expect(at(mixture, 4)).toBeCloseTo(0.6, 4);
    mixture.do({ type: 'mute', id: 'loud', muted: false });
    await mixture.play(8);
    expect(at(mixture, 12)).toBeCloseTo(0.4 * 10 ** (-12 / 20) + 0.2 + 0.1, 4);
  });
});

it('a stall is left and come back from without a leap, whatever the level', async () => {
  let go: () => void = () => undefined;
  const source = (async function* () {
    for (let i = 0; i < 20; i++) {
      if (i === 5) await new Promise<void>((resolve) => (go = resolve));
      yield level(0.4, FRAME);
    }
  })();
  const mixture = new Mixture().do({ type: 'add', id: 'a', source });
  await mixture.play(10);
  go();
  await mixture.toEnd();
  const { left } = mixture;
  const first = left.findIndex((sample) => sample !== 0);
  const last = left.findLastIndex((sample) => sample !== 0);
  for (let i = first + 1; i <= last; i++) expect(Math.abs(left[i]! - left[i - 1]!)).toBeLessThan(0.01);
  expect(left.slice(first, last).some((sample) => sample === 0)).toBe(true);
  expect(mixture.told('stalled', 'recovered').length).toBe(2);
});

describe('crossfades', () => {
  it('both are heard for as long as was said; the first ends with its last sample, and the second is whole', async () => {
    const mixture = new Mixture().do(add('a', 0.3, 20), add('b', 0.3, 20, { after: 'a', crossfade: 100 }));
    await mixture.toEnd();
    expect(mixture.told('started', 'ended')).toEqual(['1 started a', '16 started b', '21 ended a', '36 ended b'].map((line) => shifted(line, mixture)));
    const first = Number(mixture.told('started')[0]!.split(' ')[0]);
    // In the middle of the crossfade each is at -3 dB.
    const middle = mixture.frames[first + 17]![FRAME]!;
    expect(middle).toBeCloseTo(0.3 * Math.SQRT2, 2);
    expect(loudestClick(mixture.all.subarray(2 * FRAME * (first + 2), -4 * FRAME))).toBeLessThan(CLICK);
  });

  it('a skip crosses as the end would have', async () => {
    const mixture = new Mixture().do(add('a', 0.3, 200), add('b', 0.3, 20, { after: 'a', crossfade: 100 }));
    await mixture.play(10);
    mixture.do({ type: 'remove', id: 'a' });
    await mixture.toEnd();
    const [started] = mixture.news.flatMap((news, frame) => (news.some((one) => one.type === 'started' && one.id === 'b') ? [frame] : []));
    const [ended] = mixture.news.flatMap((news, frame) => (news.some((one) => one.type === 'ended' && one.id === 'a') ? [frame] : []));
    expect(ended! - 10).toBe(5);
    expect(started! - 10).toBeLessThanOrEqual(1);
  });
});

it('eight tracks with ramps, ducking, a crossfade, a loop and a seek: exact in length, never beyond full scale, without a click', async () => {
  const soft = { fadeIn: 40, fadeOut: 40 };
  const track = (id: string, hertz: number, frames: number, options = {}) =>
    ({ type: 'add', id, source: pieces(tone(hertz, frames * FRAME + 77, 0.3)), ...soft, ...options }) as const;
  const mixture = new Mixture().do(track('a', 220, 50), track('b', 330, 100), track('c', 450, 200), track('d', 500, 60, { loop: 1, start: 0, end: 1_000 }));
  await mixture.play(10);
  mixture.do(track('e', 660, 80, { priority: 1 }), track('f', 700, 90, { after: 'a', crossfade: 200 }), track('g', 880, 40, { volume: 1.5 }), track('h', 990, 70, { paused: true }));
  await mixture.play(15);
  mixture.do({ type: 'seek', id: 'c', position: 2_000 }, { type: 'volume', id: 'b', volume: 0.3, ramp: 200 }, { type: 'resume', id: 'h' });
  await mixture.play(20);
  mixture.do({ type: 'mute', id: 'b' }, { type: 'pause', id: 'h' }, { type: 'priority', id: 'g', priority: 3 }, { type: 'remove', id: 'd' });
  await mixture.play(10);
  mixture.do({ type: 'mute', id: 'b', muted: false }, { type: 'resume', id: 'h' });
  await mixture.toEnd();
  const ends = new Map(mixture.news.flat().flatMap((one) => (one.type === 'ended' ? [[one.id, one] as const] : [])));
  for (const [id, frames] of [['a', 50], ['b', 100], ['e', 80], ['f', 90], ['g', 40], ['h', 70]] as const) {
    expect(ends.get(id)).toMatchObject({ reason: 'end', position: (frames * FRAME + 77) / 48, heard: (frames * FRAME + 77) / 48 });
  } // prettier-ignore
  expect(ends.get('c')).toMatchObject({ reason: 'end', position: (200 * FRAME + 77) / 48 });
  expect(ends.get('d')).toMatchObject({ reason: 'removed' });
  const limit = limiter({ ceiling: 0 }).start();
  expect(mixture.left.some((sample) => sample > 1)).toBe(true);
  expect(loudestClick(mixture.all)).toBeLessThan(CLICK);
  const limited = limit.step(mixture.all);
  expect(limited.every((sample) => Math.abs(sample) <= 1)).toBe(true);
  expect(loudestClick(limited)).toBeLessThan(CLICK);
});

/** A reported line, with frames counted so that the first frame with sound is frame 1. */
function shifted(line: string, mixture: Mixture): string {
  const [frame, ...rest] = line.split(' ');
  return [Number(frame) - 1 + Number(mixture.told('started')[0]!.split(' ')[0]), ...rest].join(' ');
}
