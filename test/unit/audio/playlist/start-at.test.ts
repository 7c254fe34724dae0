import { EMPTY, from, NEVER, Subject, throwError } from 'rxjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startAt } from '../../../../src/audio/playlist/start-at.js';
import { END, PENDING } from '../../../../src/frames/frame-queue.js';
import type { FrameInput } from '../../../../src/frames/frame-input.js';
import { testFrame, testFrames } from '../../../../src/testing/index.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { FRAME_DURATIONS, frameOf } from '../../media/send/stage.js';
import { drained, letters, opened } from './stage.js';

describe('startAt', () => {
  it('begins with the frame that holds the place, whatever frames last', async () => {
    const durations = fc.array(fc.constantFrom(...FRAME_DURATIONS), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(durations, fc.integer({ min: 0, max: 700 }), fc.boolean(), async (lasting, ms, pushed) => {
        const frames = lasting.map((duration, i) => frameOf(duration, i));
        let end = 0;
        const expected = frames.filter((_, i) => (end += lasting[i]!) > ms);
        expect(await drained(opened(startAt(ms)(pushed ? from(frames) : frames)))).toEqual(expected);
      }),
    );
  });

  it('goes to the place in a source that can, from where that begins', async () => {
    const asked: number[] = [];
    const source = {
      seekable: true,
      start: 1_000,
      from: (ms: number) => (asked.push(ms), testFrames(2, 7)),
      [Symbol.asyncIterator]: () => {
        throw new Error('is not read from its beginning');
      },
    };
    expect(await drained(opened(startAt(90_000)(source)))).toEqual(testFrames(2, 7));
    expect(asked).toEqual([91_000]);
  });

  it('has ten minutes of an async source behind it without waiting for the clock', async () => {
    let given = 0;
    async function* minutes(): AsyncGenerator<Uint8Array> {
      while (given < 30_001) yield testFrame(given++);
    }
    const queue = opened(startAt(600_000)(minutes()));
    expect(queue.read()).toBe(PENDING);
    while (queue.woken === 0) await new Promise((resolve) => void setImmediate(resolve));
    expect(queue.read()).toEqual(testFrame(30_000));
    expect(queue.read()).toBe(END);
  });

  it('is empty beyond the end; waits, fails and ends with its source; lets go of it while it throws away', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      expectObservable(letters(startAt(60)(testFrames(3)))).toBe('(F|)');
      expectObservable(letters(startAt(60)(EMPTY))).toBe('(F|)');
      expectObservable(letters(startAt(60)(NEVER)), '^ 99ms !').toBe('-');
      expectObservable(letters(startAt(20)(throwError(() => 'lost')))).toBe('#', undefined, 'lost');
      const source = cold('x 9ms x 9ms x 9ms x', { x: testFrame(0) });
      expectObservable(letters(startAt(40)(source)), '^ 25ms !').toBe('20ms (Sa)');
      expectSubscriptions(source.subscriptions).toBe('^ 25ms !');
    });
  });

  it('leaves what is no frame to be refused, and an overflow to be told at once', () => {
    const queue = opened(startAt(60)([testFrame(0), 'no frame' as never]));
    expect(queue.read()).toBe('no frame');
    expect(queue.read()).toBe(END);
    const source = new Subject<Uint8Array>();
    const over = opened(startAt(20)(source));
    for (let i = 0; i < 3_001; i++) source.next(testFrame(0));
    expect([over.woken, over.overflow]).toEqual([1, expect.objectContaining({ limit: 3_000 })]);
  });

  it('refuses what is no place', () => {
    for (const wrong of [-1, NaN, Infinity]) expect(() => startAt(wrong)).toThrow(RangeError);
    expect(() => opened(startAt(0)(5 as unknown as FrameInput))).toThrow(/Iterable/);
  });
});
