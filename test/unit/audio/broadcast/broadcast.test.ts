import { asyncScheduler, concat, defer, EMPTY, from, map, NEVER, of, repeat, retry, Subject, throwError, timer, type Observable, type Observer } from 'rxjs'; // prettier-ignore
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broadcast, type Broadcast, type BroadcastOptions } from '../../../../src/audio/broadcast/broadcast.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import type { FrameInput } from '../../../../src/frames/frame-input.js';
import type { OpusFrame, PlayEvent } from '../../../../src/types.js';
import { testFrame, testFrames } from '../../../../src/testing/index.js';
import { reportedErrors } from '../../../support/reported-errors.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { mediaStage, type Stage } from '../../media/send/stage.js';
import { sent } from '../playlist/stage.js';

/** Frames that carry their number, readable any number of times; `read` counts frames, `open` the readings now open. */
function counted(count = Number.POSITIVE_INFINITY) {
  const counts = { read: 0, open: 0, opened: 0 };
  const frames = {
    *[Symbol.iterator](): Generator<OpusFrame> {
      counts.open += 1;
      counts.opened += 1;
      try {
        for (let i = 0; i < count; i++) {
          counts.read += 1;
          yield testFrame(i);
        }
      } finally {
        counts.open -= 1;
      }
    },
  };
  return { frames, counts };
}

/** A session that listens from `from` to `to` (ms), with a break in between. */
function listen(radio: FrameInput, from: number, to: number, away?: readonly [number, number]): Stage {
  const stage = mediaStage();
  timer(from).subscribe(() => {
    const subscription = stage.watch(stage.play(radio));
    timer(to - from).subscribe(() => subscription.unsubscribe());
  });
  if (away !== undefined) {
    timer(away[0]).subscribe(() => stage.pump.detach());
    timer(away[1]).subscribe(() => stage.pump.attach(stage.link));
  }
  return stage;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

const NUMBERED: Readonly<Record<string, OpusFrame>> = Object.fromEntries([...'abcdefgh'].map((letter, i) => [letter, testFrame(i)]));

/** The numbers that a session has sent, as letters. */
function heard(stage: Stage): string {
  return sent(stage).map((i) => String.fromCharCode(97 + i)).join(''); // prettier-ignore
}

describe('broadcast, as marbles', () => {
  it('is subscribed by the first listener and let go of by the last; who comes late hears what is on the air', () => {
    virtualTime(({ hot, expectSubscriptions, expectObservable, flush }) => {
      const source = hot('a 19ms b 19ms c 19ms d 19ms e 19ms f 19ms g 19ms h', NUMBERED);
      const subs = '      - 9ms ^ 94ms !';
      const radio = broadcast(source);
      const [one, other] = [listen(radio, 10, 75), listen(radio, 45, 105)];
      expectObservable(radio.listeners$.pipe(map(String)), '^ 149ms !').toBe('0 9ms 1 34ms 2 29ms 1 29ms 0');
      flush();
      expectSubscriptions(source.subscriptions).toBe(subs);
      expect([heard(one), heard(other)]).toEqual(['bcd', 'cde']);
    });
  });

  it('ends for all, each after the last frame; the next listener has it begin anew', () => {
    virtualTime(({ cold, expectSubscriptions, flush }) => {
      const source = cold('(abc|)', NUMBERED);
      const radio = broadcast(source);
      const stages = [listen(radio, 0, 500), listen(radio, 25, 500), listen(radio, 300, 500)];
      flush();
      expect(stages.map(heard)).toEqual(['abc', 'bc', 'abc']);
      for (const stage of stages) expect(stage.lines.some((line) => line.includes('complete'))).toBe(true);
      expectSubscriptions(source.subscriptions).toBe(['(^!)', '300ms (^!)']);
    });
  });

  it('fails for all, after the frames before it; waits for all; is empty for all', () => {
    virtualTime(({ flush }) => {
      const told: string[][] = [];
      const ends = (source: Observable<OpusFrame>): void => {
        const radio = broadcast(source);
        const stages = [listen(radio, 0, 200), listen(radio, 5, 200)];
        asyncScheduler.schedule(() => told.push(stages.map((stage) => `${heard(stage)} ${stage.lines.filter((line) => /error|complete/.test(line)).join()}`)), 400);
      };
      ends(concat(of(testFrame(0)), throwError(() => new Error('lost'))));
      ends(NEVER);
      ends(EMPTY);
      flush();
      expect(told).toEqual([['a 20 error Error', 'a 25 error Error'], [' ', ' '], [' 0 complete', ' 5 complete']]);
    });
  });
});

describe('broadcast, to many', () => {
  it('reads each frame once for fifty sessions, and each hears all of them', () => {
    virtualTime(({ flush }) => {
      const { frames, counts } = counted();
      const radio = broadcast(frames);
      const stages = range(0, 50).map((i) => listen(radio, i % 20, 2_000));
      flush();
      // A listener that joins within the first frame hears that frame, too.
      for (const stage of stages) expect(sent(stage)).toEqual(range(0, sent(stage).length));
      expect(counts).toEqual({ read: Math.max(...stages.map((stage) => sent(stage).length)), open: 0, opened: 1 });
      expect(counts.read).toBe(100);
      expect(radio.counts).toEqual({ listeners: 0, openings: 1, missed: 0 });
    });
  });

  it('is not held up by who is suspended: he goes on where he was, or, beyond what is kept, at what is on the air', () => {
    virtualTime(({ flush }) => {
      const radio = broadcast(counted().frames, { keep: 25 });
      const [steady, short, long] = [listen(radio, 0, 3_000), listen(radio, 0, 3_000, [1_001, 1_401]), listen(radio, 0, 3_000, [1_001, 2_001])];
      flush();
      expect(sent(steady!)).toEqual(range(0, 150));
      // 400 ms away: 20 frames later from then on.
      expect(sent(short!)).toEqual(range(0, 131));
      // A second away: skips 50 frames, to the frame that the others hear.
      expect(sent(long!)).toEqual([...range(0, 51), ...range(100, 150)]);
      expect(radio.counts.missed).toBe(49);
    });
  });

  it('is opened once by fifty who try again at once, and by fifty who repeat', () => {
    virtualTime(({ flush }) => {
      for (const [ending, again] of [[throwError(() => 'lost'), retry<PlayEvent>(2)], [EMPTY, repeat<PlayEvent>(3)]] as const) {
        let opened = 0;
        const radio = broadcast(defer(() => ((opened += 1), concat(from(testFrames(3)), ending))));
        const stages = range(0, 50).map((i) => {
          const stage = mediaStage();
          timer(i % 20).subscribe(() => stage.play(radio).pipe(again).subscribe({ error: () => undefined }));
          return stage;
        });
        asyncScheduler.schedule(() => {
          expect(opened).toBe(3);
          expect(radio.counts.openings).toBe(3);
          for (const stage of stages) expect(heard(stage)).toBe('abcabcabc');
        }, 1_000);
      }
      flush();
    });
  });

  it('gives each listener frames in order, none twice, and counts what was left out', () => {
    const session = fc.record({ from: fc.nat(1_500), length: fc.integer({ min: 1, max: 2_000 }), away: fc.option(fc.tuple(fc.nat(2_000), fc.integer({ min: 1, max: 1_500 }))) });
    fc.assert(
      fc.property(fc.array(session, { minLength: 1, maxLength: 6 }), fc.integer({ min: 2, max: 60 }), (sessions, keep) => {
        virtualTime(({ flush }) => {
          const { frames, counts } = counted();
          const radio = broadcast(frames, { keep });
          const stages = sessions.map(({ from, length, away }) => listen(radio, from, from + length, away === null ? undefined : [away[0], away[0] + away[1]]));
          flush();
          expect(counts.open).toBe(0);
          if (radio.counts.openings > 1) return;
          let missed = 0;
          for (const stage of stages) {
            const numbers = sent(stage);
            const steps = numbers.slice(1).map((number, i) => number - numbers[i]!);
            expect(steps.filter((step) => step < 1)).toEqual([]);
            missed += steps.reduce((sum, step) => sum + step - 1, 0);
          }
          // A listener that is away at the end, or before its first frame, may have missed more than can be seen.
          expect(radio.counts.missed).toBeGreaterThanOrEqual(missed);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('a broadcast that stays', () => {
  const staying = (frames: FrameInput, stayUntil$: Observable<unknown>): Broadcast => broadcast(frames, { stayUntil$ });

  it('stands still while nobody listens, where it is read, and goes on with the next', () => {
    virtualTime(({ cold, expectSubscriptions, flush }) => {
      const { frames, counts } = counted();
      const stay = cold('500ms x');
      const radio = staying(frames, stay as Observable<unknown>);
      const stages = [listen(radio, 0, 50), listen(radio, 300, 350), listen(radio, 1_000, 1_050)];
      flush();
      expect(stages.map(sent)).toEqual([[0, 1, 2], [3, 4, 5], [0, 1, 2]]); // prettier-ignore
      expect(counts).toEqual({ read: 9, open: 0, opened: 2 });
      expectSubscriptions(stay.subscriptions).toBe(['50ms ^ 249ms !', '350ms ^ 499ms !', '1050ms ^ 499ms !']);
    });
  });

  it.each<[string, (source$: Observable<OpusFrame>) => FrameInput]>([
    ['', (source$) => source$],
    [', also by another library', (source$) => ({ subscribe: (observer: Partial<Observer<OpusFrame>>) => source$.subscribe(observer) })],
  ])('goes by while nobody listens, where it is pushed%s', (_, pushed) => {
    virtualTime(({ hot, expectSubscriptions, flush }) => {
      const source = hot('a 19ms b 19ms c 19ms d 19ms e 19ms f 19ms g 19ms h', NUMBERED);
      const radio = broadcast(pushed(source), { stayUntil$: timer(200), buffer: { frames: 1 } });
      const stages = [listen(radio, 0, 30), listen(radio, 90, 130)];
      flush();
      expect(stages.map(heard)).toEqual(['ab', 'fg']);
      expectSubscriptions(source.subscriptions).toBe('^ 329ms !');
    });
  });

  it('is let go of when stayUntil$ completes, fails, or has emitted before', () => {
    const errors = reportedErrors();
    virtualTime(({ flush }) => {
      for (const stay of [EMPTY, of(1), throwError(() => 'of stayUntil$')]) {
        const { frames, counts } = counted();
        listen(staying(frames, stay), 0, 30);
        asyncScheduler.schedule(() => expect(counts.open).toBe(0), 100);
      }
      flush();
    });
    expect(errors).toEqual(['of stayUntil$']);
  });
});

describe('broadcast, at its edges', () => {
  it('tells each listener of an overflow at once, also who is suspended', () => {
    virtualTime(({ flush }) => {
      const source = new Subject<OpusFrame>();
      const radio = broadcast(source, { buffer: { frames: 3 } });
      const stages = [listen(radio, 0, 500, [5, 400]), listen(radio, 0, 500, [5, 400])];
      timer(100).subscribe(() => testFrames(4).forEach((frame) => source.next(frame)));
      flush();
      for (const stage of stages) expect(stage.lines).toContain('100 error FrameOverflowError');
    });
  });

  it('tells each what is no source, and takes its options by their names', () => {
    virtualTime(({ expectObservable }) => {
      const radio = broadcast(5 as never);
      const refused = (): Observable<unknown> => mediaStage().play(radio).pipe(map(() => 0), retry({ count: 0 })); // prettier-ignore
      for (let i = 0; i < 2; i++) expectObservable(refused()).toBe('#', undefined, expect.objectContaining({ option: 'frames' }));
    });
    for (const wrong of [{ keep: 1 }, { stayUntil$: 5 }, { buffers: {} }, { prefetch: 0 }] as BroadcastOptions[]) {
      expect(() => broadcast([], wrong)).toThrow(VoiceOptionsError);
    }
  });

  it('can be iterated over, too', async () => {
    const radio = broadcast(testFrames(200));
    const collect = async (): Promise<OpusFrame[]> => {
      const frames: OpusFrame[] = [];
      for await (const frame of radio) frames.push(frame);
      return frames;
    };
    expect(await collect()).toEqual(testFrames(200));
    expect(radio.counts).toEqual({ listeners: 0, openings: 1, missed: 0 });
  });
});
