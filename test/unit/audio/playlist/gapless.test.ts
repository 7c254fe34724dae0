import { Readable } from 'node:stream';
import { concat, EMPTY, from, ignoreElements, NEVER, of, repeat, Subject, throwError, timer, type Observable } from 'rxjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapless, preload } from '../../../../src/audio/playlist/gapless.js';
import type { FramesOrMaker } from '../../../../src/audio/playlist/operator.js';
import { repeated } from '../../../../src/audio/playlist/repeated.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { END, PENDING } from '../../../../src/frames/frame-queue.js';
import type { OpusFrame } from '../../../../src/types.js';
import { testFrame, testFrames } from '../../../../src/testing/index.js';
import { reportedErrors } from '../../../support/reported-errors.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { mediaStage, settle } from '../../media/send/stage.js';
import { drained, letters, opened, sent } from './stage.js';

async function* later(frames: readonly OpusFrame[]): AsyncGenerator<OpusFrame> {
  for (const frame of frames) {
    await Promise.resolve();
    yield frame;
  }
}

/** The same frames, as each kind of source. */
const KINDS: readonly ((frames: OpusFrame[]) => FramesOrMaker)[] = [
  (frames) => frames,
  (frames) => frames.values(),
  (frames) => later(frames),
  (frames) => () => later(frames),
  (frames) => from(frames),
  (frames) => Readable.from(frames),
  (frames) => gapless([frames]),
];

describe('gapless', () => {
  it('gives the frames of all kinds of sources in order, each of them once, and tells each turn before its first frame', async () => {
    const list = fc.array(fc.tuple(fc.nat(12), fc.nat(KINDS.length - 1)), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(list, fc.integer({ min: 1, max: 30 }), fc.constantFrom('array', 'observable', 'async'), async (shape, ahead, kind) => {
        let next = 0;
        const songs = shape.map(([count]) => Array.from({ length: count }, () => testFrame(next++)));
        const items = songs.map((song, i) => KINDS[shape[i]![1]]!(song));
        const list = kind === 'array' ? items : kind === 'observable' ? from(items) : (async function* () { yield* items; })(); // prettier-ignore
        const turns: [number, number][] = [];
        let read = 0;
        const queue = opened(gapless(list, { ahead, onTurn: (index) => turns.push([index, read]) }));
        const counting = (): unknown => {
          const item = queue.read();
          if (item !== PENDING && item !== END) read += 1;
          return item;
        };
        expect(await drained({ read: counting, close: () => queue.close() })).toEqual(songs.flat());
        let before = 0;
        const expected = songs.flatMap((song, i): [number, number][] => {
          before += song.length;
          return song.length === 0 ? [] : [[i, before - song.length]];
        });
        expect(turns).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('is without a gap on the wire, where a source takes its time to open', () => {
    virtualTime(({ flush }) => {
      const stage = mediaStage();
      const opening = (first: number): Observable<OpusFrame> => concat(timer(300).pipe(ignoreElements()), from(testFrames(30, first)));
      stage.watch(stage.play(gapless([testFrames(40), opening(100), opening(200)])));
      flush();
      expect(sent(stage)).toEqual([...numbers(0, 40), ...numbers(100, 30), ...numbers(200, 30)]);
      const times = stage.packets().map((line) => Number(line.split(' ')[0]));
      expect(times.slice(0, 100)).toEqual(numbers(0, 100).map((i) => i * 20));
      expect(stage.lines.filter((line) => line.includes('starved'))).toEqual([]);
    });
  });

  it('opens the next source when the one before has been read to its end, and no sooner', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const frames = cold('(xx|)', { x: testFrame(0) });
      const next = cold('(x|)', { x: testFrame(0) });
      const last = cold('(x|)', { x: testFrame(0) });
      // Ahead by one: a source opened at 20 is heard at 40.
      expectObservable(letters(gapless([frames, next, last], { ahead: 1 }))).toBe('(Sa) 16ms b 19ms c 19ms d 19ms (F|)');
      expectSubscriptions(frames.subscriptions).toBe('(^!)');
      expectSubscriptions(next.subscriptions).toBe('20ms (^!)');
      expectSubscriptions(last.subscriptions).toBe('40ms (^!)');
    });
  });

  it('releases what is open when it is unsubscribed from, and does not open the rest', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const first = cold('(xxx|)', { x: testFrame(0) });
      const endless = cold('x');
      const never = cold('x');
      expectObservable(letters(gapless([first, endless as never, never as never])), '^ 39ms !').toBe('(Sa) 16ms b');
      expectSubscriptions(endless.subscriptions).toBe('^ 39ms !');
      expectSubscriptions(never.subscriptions).toBe([]);
    });
  });

  it('is empty where nothing is in it, and waits where the list or a source does', () => {
    virtualTime(({ expectObservable }) => {
      for (const nothing of [[], EMPTY, [[], EMPTY]]) expectObservable(letters(gapless(nothing as []))).toBe('(F|)');
      for (const waiting of [NEVER, [NEVER]]) expectObservable(letters(gapless(waiting)), '^ 500ms !').toBe('-');
      const songs$ = new Subject<FramesOrMaker>();
      timer(10).subscribe(() => songs$.next(testFrames(1)));
      timer(500).subscribe(() => songs$.next(testFrames(1)));
      timer(510).subscribe(() => songs$.complete());
      expectObservable(letters(gapless(songs$))).toBe('10ms (Sa) 16ms H 469ms b 19ms (F|)');
    });
  });

  it('tells an error of a source when it is its turn, of whatever kind it is', () => {
    virtualTime(({ expectObservable }) => {
      const fails = throwError(() => 'gone');
      for (const bad of [fails, () => { throw 'gone'; }, { *[Symbol.iterator]() { throw 'gone'; } }]) { // prettier-ignore
        expectObservable(letters(gapless([testFrames(2), bad as FramesOrMaker, testFrames(1)]))).toBe('(Sa) 16ms b 19ms #', undefined, 'gone');
      }
      expectObservable(letters(preload(fails)(testFrames(2)))).toBe('(Sa) 16ms b 19ms #', undefined, 'gone');
      expectObservable(letters(gapless(concat(of(testFrames(2)), fails)))).toBe('(Sa) 16ms b 19ms #', undefined, 'gone');
    });
  });

  it('goes on over failures where somebody is told of them, each at its turn', () => {
    virtualTime(({ flush }) => {
      const stage = mediaStage();
      const fails = (text: string): FramesOrMaker => concat(of(testFrame(7)), throwError(() => text));
      const sources = [testFrames(1), fails('lost'), 5 as never, testFrames(1, 10), throwError(() => 'last')];
      stage.watch(stage.play(gapless(sources, { onError: (error, index) => stage.note(`${index}: ${String(error).slice(0, 20)}`), onTurn: (index) => stage.note(`turn ${index}`) })));
      flush();
      expect(stage.lines.filter((line) => !/rtp|sent|speaking/.test(line))).toEqual([
        '0 turn 0', '0 started', '20 turn 1', '40 1: lost', '40 2: VoiceOptionsError: f', '40 turn 3', '60 4: last', '60 finished 3', '60 complete',
      ]); // prettier-ignore
    });
  });

  it('is not a loop without end where a list without end holds nothing', async () => {
    function* nothing(): Generator<FramesOrMaker> {
      for (;;) yield [];
    }
    function* failing(): Generator<FramesOrMaker> {
      for (;;) yield throwError(() => 'no');
    }
    expect(await drained(opened(gapless(nothing())))).toEqual([expect.stringMatching(/1000 sources in a row had no frame/)]);
    let told = 0;
    expect(await drained(opened(gapless(failing(), { onError: () => told++ })))).toEqual([expect.stringMatching(/1000 sources in a row/)]);
    expect(told).toBe(1_000);
  });

  it('reads no more of a list without end, and of its sources, than is ahead', () => {
    let made = 0;
    function* songs(): Generator<FramesOrMaker> {
      for (;;) yield testFrames(3, 3 * made++);
    }
    const queue = opened(gapless(songs(), { ahead: 9 }));
    for (let i = 0; i < 90; i++) expect(queue.read()).toEqual(testFrame(i));
    expect(made).toBeLessThanOrEqual(34);
  });

  it.each<[string, number, number[]]>([
    ['the source that is heard', 50, [0, 1, 2, 100, 101]],
    ['the source that is waited for', 1_000, [0, 1, 2, 3, 100, 101]],
  ])('skip$ ends %s', (what, at, heard) => {
    virtualTime(({ flush }) => {
      const stage = mediaStage();
      const waiting = what.includes('waited');
      const first = waiting ? testFrames(4) : testFrames(500);
      const list = waiting ? [first, NEVER, testFrames(2, 100)] : [first, testFrames(2, 100)];
      stage.watch(stage.play(gapless(list, { skip$: timer(at) })));
      flush();
      expect(sent(stage)).toEqual(heard);
      expect(stage.lines.some((line) => line.includes('complete'))).toBe(true);
    });
  });

  it('skip$ before the first frame, twice at once, and over a source that has ended already', async () => {
    const skips = async (count: number, read: number): Promise<unknown[]> => {
      const skip$ = new Subject<void>();
      const queue = opened(gapless([testFrames(3), testFrames(2, 10), testFrames(1, 20)], { skip$ }));
      for (let i = 0; i < read; i++) queue.read();
      for (let i = 0; i < count; i++) skip$.next();
      return (await drained(queue)).map((frame) => (frame as Uint8Array)[2]);
    };
    expect(await skips(1, 0)).toEqual([10, 11, 20]);
    expect(await skips(2, 0)).toEqual([20]);
    expect(await skips(3, 0)).toEqual([]);
    expect(await skips(1, 2)).toEqual([10, 11, 20]);
    expect(await skips(2, 1)).toEqual([20]);
    expect(await skips(1, 4)).toEqual([20]);
    expect(await skips(4, 5)).toEqual([]);
  });

  it('lets go of what is open when who is told of a turn lets go', async () => {
    let released = 0;
    async function* song(): AsyncGenerator<OpusFrame> {
      try {
        for (;;) yield testFrame(0);
      } finally {
        released += 1;
      }
    }
    const queue = opened(gapless([song()], { onTurn: () => queue.close() }));
    await settle();
    expect(queue.read()).toBe(END);
    await settle();
    expect(released).toBe(1);
  });

  it('goes on where who is told throws, and that is reported; fails as skip$ does', () => {
    const errors = reportedErrors();
    virtualTime(({ expectObservable, flush }) => {
      const throwing = (what: string) => (): never => {
        throw new Error(what);
      };
      const list = [testFrames(1), throwError(() => 'lost'), testFrames(1)];
      expectObservable(letters(gapless(list, { onTurn: throwing('turn'), onError: throwing('error') }))).toBe('(Sa) 16ms b 19ms (F|)');
      expectObservable(letters(gapless([testFrames(2), NEVER], { skip$: throwError(() => 'skipped badly') }))).toBe('#', undefined, 'skipped badly');
      flush();
    });
    expect(errors.map(String)).toEqual(['Error: turn', 'Error: error', 'Error: turn']);
  });

  it('refuses options that are none, by name', () => {
    for (const wrong of [{ ahead: 0 }, { onTurn: 5 }, { skip$: [] }, { skip: EMPTY }]) {
      expect(() => gapless([], wrong as never)).toThrow(VoiceOptionsError);
    }
  });
});

describe('repeated', () => {
  it('reads its source anew each time, without a gap', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      expectObservable(letters(repeated(3)(testFrames(2)))).toBe('(Sa) 16ms b 19ms c 19ms d 19ms e 19ms f 19ms (F|)');
      const source = cold('(x|)', { x: testFrame(0) });
      expectObservable(letters(repeated(2)(source))).toBe('(Sa) 16ms b 19ms (F|)');
      expectSubscriptions(source.subscriptions).toBe(['(^!)', '(^!)']);
    });
  });

  it('goes on until it is unsubscribed from unless told how often', () => {
    virtualTime(({ expectObservable }) => {
      expectObservable(letters(repeated()([testFrame(0)])), '^ 79ms !').toBe('(Sa) 16ms b 19ms c 19ms d');
      expectObservable(letters(repeated()([]))).toBe('(F|)');
      expectObservable(letters(repeated()(NEVER)), '^ 79ms !').toBe('-');
      expectObservable(letters(repeated()(throwError(() => 'lost')))).toBe('#', undefined, 'lost');
    });
  });

  it('says so of what can be read only once, after its frames; a function makes it anew', async () => {
    expect(await drained(opened(repeated()(later(testFrames(2)))))).toEqual([...testFrames(2), expect.stringMatching(/a generator can be read once/)]);
    expect(await drained(opened(repeated(2)(() => later(testFrames(2)))))).toEqual([...testFrames(2), ...testFrames(2)]);
  });

  it('is, but for the pause while it is opened, what repeat() makes of a play', () => {
    virtualTime(({ expectObservable }) => {
      expectObservable(letters(testFrames(2)).pipe(repeat(2))).toBe('(Sa) 16ms b 19ms (FSa) 15ms b 19ms (F|)');
    });
  });

  it('refuses a count that is none', () => {
    for (const wrong of [0, -1, 1.5, NaN]) expect(() => repeated(wrong)).toThrow(VoiceOptionsError);
  });
});

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
