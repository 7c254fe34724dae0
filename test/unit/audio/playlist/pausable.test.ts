import { readFileSync } from 'node:fs';
import { BehaviorSubject, concat, EMPTY, NEVER, of, Subject, throwError, timer } from 'rxjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pausable } from '../../../../src/audio/playlist/pausable.js';
import { source } from '../../../../src/audio/sources/source.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { END, PENDING, type FrameQueue } from '../../../../src/frames/frame-queue.js';
import { testFrames } from '../../../../src/testing/index.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { mediaStage, settle } from '../../media/send/stage.js';
import { drained, letters, opened } from './stage.js';

const BY = { t: true, f: false };

describe('pausable, as marbles', () => {
  it('holds at the next frame, goes on where it was, and says what it is', () => {
    virtualTime(({ hot, expectObservable, expectSubscriptions }) => {
      const by$ = hot<boolean>('-- 23ms t 69ms f', BY);
      const subs = '            ^ 129ms !';
      const expected = '        (Sa) 16ms b 19ms P 59ms c 19ms d';
      const unsub = '           ^ 129ms !';
      expectObservable(letters(pausable(by$)(testFrames(9))), unsub).toBe(expected);
      expectSubscriptions(by$.subscriptions).toBe(subs);
    });
  });

  it('is told as starved, where the source is late after the pause', () => {
    virtualTime(({ hot, expectObservable }) => {
      const source = concat(of(testFrames(1)[0]!), NEVER);
      expectObservable(letters(pausable(hot('-- 8ms t 39ms f', BY))(source)), '^ 99ms !').toBe('(Sa) 16ms P 39ms H');
    });
  });

  it.each([
    ['never', NEVER],
    ['empty', EMPTY],
    ['that completes while it says: go on', of(true, false)],
  ])('lets the frames be where by$ is %s', (_, by$) => {
    virtualTime(({ expectObservable }) => {
      expectObservable(letters(pausable(by$)(testFrames(2)))).toBe('(Sa) 16ms b 19ms (F|)');
    });
  });

  it('stays paused where by$ completes so, until it is unsubscribed from', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('x');
      expectObservable(letters(pausable(of(true))(source as never)), '^ 99ms !').toBe('-');
      expectSubscriptions(source.subscriptions).toBe([]);
    });
  });

  it('fails with by$: at the next frame, or at once while it is paused', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(xxxx)', { x: testFrames(1)[0]! });
      expectObservable(letters(pausable(cold<boolean>('- 9ms #', BY, 'lost'))(source))).toBe('(Sa) 16ms #', undefined, 'lost');
      expectSubscriptions(source.subscriptions).toBe('^ 19ms !');
      expectObservable(letters(pausable(cold<boolean>('t 499ms #', BY, 'lost'))(testFrames(2)))).toBe('500ms #', undefined, 'lost');
      expectObservable(letters(pausable(throwError(() => 'lost'))(testFrames(2)))).toBe('#', undefined, 'lost');
    });
  });

  it('releases the source, and by$, when it is unsubscribed from while it is paused', () => {
    virtualTime(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = cold('x 9ms x', { x: testFrames(1)[0]! });
      const by$ = hot('-- 8ms t', BY);
      expectObservable(letters(pausable(by$)(source)), '^ 499ms !').toBe('(Sa) 16ms P');
      expectSubscriptions(source.subscriptions).toBe('^ 499ms !');
      expectSubscriptions(by$.subscriptions).toBe('^ 499ms !');
    });
  });

  it('opens what begins paused when it goes on, and not before', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(xx|)', { x: testFrames(1)[0]! });
      expectObservable(letters(pausable(concat(of(true), cold('100ms f', BY)))(source))).toBe('100ms (Sa) 16ms b 19ms (F|)');
      expectSubscriptions(source.subscriptions).toBe('100ms (^!)');
    });
  });
});

describe('pausable, on the wire', () => {
  it('sends five frames of silence, then nothing; the RTP time moves over the pause', () => {
    virtualTime(({ flush }) => {
      const stage = mediaStage();
      const paused$ = new BehaviorSubject(false);
      stage.watch(stage.play(pausable(paused$)(testFrames(3)), { onEnd: ({ heard }) => stage.note(`heard ${heard}`) }));
      timer(25).subscribe(() => paused$.next(true));
      timer(1_000).subscribe(() => paused$.next(false));
      flush();
      expect(stage.lines.filter((line) => !line.includes('sent')).slice(0, 18)).toEqual([
        '0 speaking 1', '0 started', '0 rtp #0 t0 frame 0', '20 rtp #1 t960 frame 1',
        '40 paused',
        '40 rtp #2 t1920 silence', '60 rtp #3 t2880 silence', '80 rtp #4 t3840 silence', '100 rtp #5 t4800 silence', '120 rtp #6 t5760 silence',
        '120 speaking 0',
        '1000 speaking 1', '1000 rtp #7 t48000 frame 2',
        '1020 heard 60', '1020 finished 3', '1020 complete', '1020 rtp #8 t48960 silence', '1040 rtp #9 t49920 silence',
      ]); // prettier-ignore
    });
  });

  it('is paused and goes on between two frames without a trace', () => {
    virtualTime(({ flush }) => {
      const stage = mediaStage();
      const paused$ = new Subject<boolean>();
      stage.watch(stage.play(pausable(paused$)(testFrames(3))));
      timer(5).subscribe(() => paused$.next(true));
      timer(15).subscribe(() => paused$.next(false));
      flush();
      expect(stage.packets().slice(0, 3)).toEqual(['0 rtp #0 t0 frame 0', '20 rtp #1 t960 frame 1', '40 rtp #2 t1920 frame 2']);
    });
  });
});

describe('pausable, as it reads', () => {
  it('reads nothing more of an async source while it is paused', async () => {
    let read = 0;
    let released = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield testFrames(1, read++)[0]!;
      } finally {
        released += 1;
      }
    }
    const paused$ = new BehaviorSubject(false);
    const queue = opened(pausable(paused$)(source()));
    await settle();
    for (let i = 0; i < 3; i++) queue.read();
    await settle();
    paused$.next(true);
    const before = read;
    for (let i = 0; i < 50; i++) expect(queue.read()).toBe(PENDING);
    await settle();
    expect({ ahead: before - 3, read }).toEqual({ ahead: 10, read: before });
    paused$.next(false);
    expect([queue.woken, queue.read()]).toEqual([1, testFrames(1, 3)[0]]);
    paused$.next(true);
    queue.close();
    await settle();
    expect(released).toBe(1);
  });

  it('tells of an Observable that has run over while it was paused, at once', () => {
    const source = new Subject<Uint8Array>();
    const queue = opened(pausable(of(true))(source));
    expect(source.observed).toBe(false);
    const paused$ = new BehaviorSubject(false);
    const running = opened(pausable(paused$)(source));
    paused$.next(true);
    for (let i = 0; i < 3_001; i++) source.next(testFrames(1)[0]!);
    expect(running.woken).toBe(1);
    expect(running.overflow).toMatchObject({ code: 'frame-overflow' });
    expect(() => running.read()).toThrow(/outruns real time/);
    queue.close();
  });

  it('lets go of a source whose opening has ended the play', () => {
    const paused$ = new BehaviorSubject(true);
    let calls = '';
    const source = {
      [Symbol.iterator]: () => {
        queue.close();
        return { next: () => ({ done: true, value: undefined }) as const, return: () => ((calls += 'return'), { done: true, value: undefined } as const) }; // prettier-ignore
      },
    };
    const queue = opened(pausable(paused$)(source));
    paused$.next(false);
    expect(calls).toBe('return');
  });

  it('tells what is no source when it is to be opened', () => {
    const paused$ = new BehaviorSubject(true);
    const queue = opened(pausable(paused$)(5 as never));
    expect(queue.read()).toBe(PENDING);
    paused$.next(false);
    expect(queue.woken).toBe(1);
    expect(() => queue.read()).toThrow(/Iterable, an AsyncIterable or an Observable/);
    expect(() => opened(pausable(EMPTY)(5 as never))).toThrow(/Iterable/);
    expect(opened(pausable(EMPTY)([])).read()).toBe(END);
  });
});

describe('pausable, where the source is released', () => {
  it('lets go of it at each pause, and goes on at the very packet that is next', async () => {
    const song = readFileSync(new URL('../../../../src/cli/demo/song.opus', import.meta.url));
    const end = source(song).from(11_000);
    const whole = await drained(opened(end));
    expect(whole).toHaveLength(50);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 4 }), async (reads) => {
        const paused$ = new BehaviorSubject(false);
        const queue = opened(pausable(paused$, { release: true })(end));
        const read: unknown[] = [];
        for (const count of reads) {
          if (read.length + count > 45) break;
          read.push(...(await some(queue, count)));
          paused$.next(true);
          expect(queue.read()).toBe(PENDING);
          paused$.next(false);
        }
        expect([...read, ...(await drained(queue))]).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });

  it('holds nothing open while it is paused', () => {
    let open = 0;
    const frames = {
      seekable: true as const,
      start: 0,
      from: () => frames,
      *[Symbol.iterator](): Generator<Uint8Array> {
        open += 1;
        try {
          for (;;) yield testFrames(1)[0]!;
        } finally {
          open -= 1;
        }
      },
    };
    const paused$ = new BehaviorSubject(false);
    const queue = opened(pausable(paused$, { release: true })(frames));
    queue.read();
    expect(open).toBe(1);
    paused$.next(true);
    expect(open).toBe(0);
    paused$.next(false);
    queue.read();
    expect([open, queue.close(), open]).toEqual([1, undefined, 0]);
  });

  it('is refused for what cannot be opened anew, and by its name', () => {
    expect(() => pausable(EMPTY, { release: true })(testFrames(1))).toThrow(VoiceOptionsError);
    expect(() => pausable(EMPTY, { release: 'yes' as never })).toThrow(/release: must be true or false/);
  });
});

/** So many frames, with time in between for read-ahead. */
async function some(queue: FrameQueue, count: number): Promise<unknown[]> {
  const frames: unknown[] = [];
  while (frames.length < count) {
    const item = queue.read();
    if (item === PENDING) await new Promise((resolve) => void setImmediate(resolve));
    else frames.push(item);
  }
  return frames;
}
