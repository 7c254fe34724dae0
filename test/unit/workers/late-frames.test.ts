/**
 * Frames whose source must be loaded first, as a play reads them.
 *
 * ```
 * load   -----o
 * next   -n        n   n
 * frames      -0   -1  -|      the first comes when it has been loaded
 * ```
 */
import { describe, expect, it } from 'vitest';
import { openQueue } from '../../../src/frames/open-queue.js';
import { DEFAULT_READ_OPTIONS } from '../../../src/frames/frame-input.js';
import { END, PENDING, type FrameQueue } from '../../../src/frames/frame-queue.js';
import { testFrames } from '../../../src/testing/index.js';
import { lateFrames } from '../../../src/workers/late-frames.js';

type Frames = AsyncIterable<Uint8Array>;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many were opened, and how many were closed. */
class Books {
  opened = 0;
  closed = 0;

  frames(frames: Iterable<Uint8Array>, end: Promise<never> | undefined = undefined): Frames {
    const books = this;
    return {
      [Symbol.asyncIterator]() {
        books.opened += 1;
        const each = frames[Symbol.iterator]();
        return {
          next: async () => {
            const { done, value } = each.next();
            return done !== true ? { done: false, value: value as Uint8Array } : (end ?? { done: true, value: undefined });
          },
          return: async () => {
            books.closed += 1;
            return { done: true, value: undefined };
          },
        };
      },
    };
  }
}

function queueOf(open: () => Promise<Frames>): { readonly queue: FrameQueue; readonly wakes: () => number } {
  let woken = 0;
  const queue = openQueue(lateFrames(open), { ...DEFAULT_READ_OPTIONS, onReadable: () => (woken += 1) });
  return { queue, wakes: () => woken };
}

function readAll(queue: FrameQueue): unknown[] {
  const items: unknown[] = [];
  for (let item = queue.read(); item !== PENDING; item = queue.read()) {
    items.push(item);
    if (item === END) break;
  }
  return items;
}

describe('frames of what is loaded late', () => {
  it('come when it has been loaded, and are loaded once; to the end', async () => {
    const books = new Books();
    let loads = 0;
    let loaded = (_: Frames): void => undefined;
    const { queue, wakes } = queueOf(() => {
      loads += 1;
      return new Promise((resolve) => (loaded = resolve));
    });
    expect(queue.read()).toBe(PENDING);
    await settled();
    expect([queue.read(), loads, wakes()]).toEqual([PENDING, 1, 0]);
    loaded(books.frames(testFrames(3)));
    await settled();
    expect(wakes()).toBe(1);
    expect(readAll(queue)).toEqual([...testFrames(3), END]);
    expect([loads, books.opened]).toEqual([1, 1]);
  });

  it.each([
    ['empty', [], [END]],
    ['one', testFrames(1), [...testFrames(1), END]],
  ])('%s', async (_, frames, expected) => {
    const { queue } = queueOf(async () => new Books().frames(frames));
    await settled();
    expect(readAll(queue)).toEqual(expected);
  });

  it('fail where it cannot be loaded, and where it fails itself, behind what came before', async () => {
    const missing = queueOf(() => Promise.reject(new Error('no such module')));
    await settled();
    expect(() => missing.queue.read()).toThrow('no such module');
    const broken = queueOf(async () => new Books().frames(testFrames(1), Promise.reject(new Error('damaged'))));
    await settled();
    expect(broken.queue.read()).toEqual(testFrames(1)[0]);
    expect(() => broken.queue.read()).toThrow('damaged');
  });

  it('are let go of in the middle, and endless ones end with that', async () => {
    const books = new Books();
    const endless = (function* () {
      for (;;) yield* testFrames(1);
    })();
    const { queue } = queueOf(async () => books.frames(endless));
    await settled();
    expect(queue.read()).toEqual(testFrames(1)[0]);
    queue.close();
    await settled();
    expect(books.closed).toBe(1);
  });

  it.each(['is loaded', 'fails to load'])('that are let go of meanwhile are never opened: it %s', async (how) => {
    const books = new Books();
    let settle = (): void => undefined;
    const { queue, wakes } = queueOf(
      () =>
        new Promise(
          (resolve, reject) =>
            (settle = () => (how === 'is loaded' ? resolve(books.frames(testFrames(1))) : reject(new Error('no such module')))),
        ),
    );
    expect(queue.read()).toBe(PENDING);
    queue.close();
    settle();
    await settled();
    expect([books.opened, wakes()]).toEqual([0, 0]);
  });
});
