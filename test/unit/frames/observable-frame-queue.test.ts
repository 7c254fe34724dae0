import { asyncScheduler, concat, defaultIfEmpty, EMPTY, from, interval, mergeMap, NEVER, of, range, repeat, Subject, take, throwError, timer, type Observable } from 'rxjs'; // prettier-ignore
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { FrameOverflowError } from '../../../src/errors.js';
import { END, PENDING } from '../../../src/frames/frame-queue.js';
import { ObservableFrameQueue } from '../../../src/frames/observable-frame-queue.js';
import { resolveReadOptions, type PlayBuffer } from '../../../src/frames/frame-input.js';
import { virtualTime } from '../../support/virtual-time.js';

function open(
  source: Observable<unknown>,
  buffer: PlayBuffer = { frames: 3, overflow: 'error' },
  onReadable: () => void = () => undefined,
): ObservableFrameQueue {
  return new ObservableFrameQueue(source, { ...resolveReadOptions({ buffer }), onReadable });
}

function drain(queue: ObservableFrameQueue): unknown[] {
  const read: unknown[] = [];
  for (let got = queue.read(); got !== PENDING && got !== END; got = queue.read()) read.push(got);
  return read;
}

describe('the subscription to the source', () => {
  it('begins with the queue and ends with close, once', () => {
    virtualTime(({ cold, expectSubscriptions, flush }) => {
      const source = cold('a-b-c-d-e-f');
      const queue = open(source, { frames: 30, overflow: 'error' });
      asyncScheduler.schedule(() => queue.close(), 4);
      asyncScheduler.schedule(() => queue.close(), 5);
      expectSubscriptions(source.subscriptions).toBe('^---!');
      flush();
      expect(queue.read()).toBe(END);
    });
  });

  it('ends with the overflow that is an error', () => {
    virtualTime(({ cold, expectSubscriptions, flush }) => {
      const source = cold('a-b-c-d-e-f');
      const queue = open(source);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
      flush();
      expect(() => queue.read()).toThrow(FrameOverflowError);
    });
  });

  it('lasts while the other policies drop', () => {
    virtualTime(({ cold, expectSubscriptions, flush }) => {
      const source = cold('a-b-c-d-e-f-|');
      open(source, { frames: 2, overflow: 'drop-oldest' });
      open(source, { frames: 2, overflow: 'drop-newest' });
      expectSubscriptions(source.subscriptions).toBe(['^-----------!', '^-----------!']);
      flush();
    });
  });
});

describe('what a read gives', () => {
  it('is nothing from a source that says nothing', () => {
    const queue = open(NEVER);
    expect([queue.read(), queue.read()]).toEqual([PENDING, PENDING]);
    queue.close();
    expect(queue.read()).toBe(END);
  });

  it('is the end of an empty one, the frame of one, and the error of a failed one', () => {
    expect(open(EMPTY).read()).toBe(END);
    const one = open(of('a'));
    expect([one.read(), one.read()]).toEqual(['a', END]);
    const failed = open(throwError(() => new Error('lost')));
    expect(() => failed.read()).toThrow('lost');
  });

  it('is the failure after the frames before it', () => {
    const queue = open(concat(of('a', 'b'), throwError(() => new Error('lost'))));
    expect([queue.read(), queue.read()]).toEqual(['a', 'b']);
    expect(() => queue.read()).toThrow('lost');
  });

  it('comes after a call, where a read found nothing: one call for the frame, one for the end', () => {
    const source = new Subject<string>();
    let told = 0;
    const queue = open(source, undefined, () => told++);
    source.next('a');
    expect(told).toBe(0);
    queue.read();
    expect(queue.read()).toBe(PENDING);
    source.next('b');
    source.next('c');
    expect(told).toBe(1);
    expect([queue.read(), queue.read(), queue.read()]).toEqual(['b', 'c', PENDING]);
    source.complete();
    expect(told).toBe(2);
    expect(queue.read()).toBe(END);
  });

  it('is nothing, and nobody is called, after close', () => {
    const source = new Subject<string>();
    let told = 0;
    const queue = open(source, undefined, () => told++);
    queue.read();
    queue.close();
    source.next('late');
    expect([queue.read(), told, source.observed]).toEqual([END, 0, false]);
  });
});

describe('the overflow', () => {
  it("'error' gives up the frames that wait, at once, and names the cures", () => {
    const source = new Subject<number>();
    const queue = open(source);
    for (let i = 0; i < 4; i++) source.next(i);
    expect(source.observed).toBe(false);
    const error = ((): unknown => {
      try {
        return queue.read();
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(FrameOverflowError);
    expect(error).toMatchObject({ code: 'frame-overflow', limit: 3, retryable: false });
    for (const cure of ['3 frames', 'async iterable', "'drop-oldest'", "'drop-newest'", 'buffer.frames'])
      expect((error as Error).message).toContain(cure);
  });

  it("'error' stops an endless synchronous Observable, which would hang the process", () => {
    let given = 0;
    const endless = from(
      (function* () {
        for (;;) yield given++;
      })(),
    );
    const queue = open(endless, { frames: 3_000, overflow: 'error' });
    expect(() => queue.read()).toThrow(FrameOverflowError);
    expect(given).toBeLessThanOrEqual(3_003);
  });

  it("'drop-oldest' keeps the last, 'drop-newest' the first", () => {
    expect(drain(open(range(0, 100), { frames: 4, overflow: 'drop-oldest' }))).toEqual([96, 97, 98, 99]);
    expect(drain(open(range(0, 100), { frames: 4, overflow: 'drop-newest' }))).toEqual([0, 1, 2, 3]);
  });

  it('does the same as an array, whatever the order of pushes and reads', () => {
    const policy = fc.constantFrom('drop-oldest' as const, 'drop-newest' as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), policy, fc.array(fc.boolean()), (frames, overflow, steps) => {
        const source = new Subject<number>();
        const queue = open(source, { frames, overflow });
        const model: number[] = [];
        steps.forEach((push, i) => {
          if (!push) {
            expect(queue.read()).toBe(model.length > 0 ? model.shift() : PENDING);
            return;
          }
          source.next(i);
          if (model.length < frames) model.push(i);
          else if (overflow === 'drop-oldest') model.splice(0, 1, ...model.splice(1), i);
        });
        expect(drain(queue)).toEqual(model);
      }),
    );
  });

  it('refuses a limit that is no number; takes 0 for 1, and a policy it does not know for an error', () => {
    expect(() => open(NEVER, { frames: Number.NaN, overflow: 'error' })).toThrow(RangeError);
    expect(drain(open(range(0, 3), { frames: 0, overflow: 'drop-newest' }))).toEqual([0]);
    const queue = open(range(0, 3), { frames: 2, overflow: 'drop' as 'error' });
    expect(() => queue.read()).toThrow(FrameOverflowError);
  });
});

describe("whenBehind: 'wait'", () => {
  const SPEECH = new Uint8Array(80);
  /** Ten minutes of speech within 30 s: 20 times faster than playback. */
  const TEN_MINUTES = 30_000;

  it('holds ten minutes that come within half a minute, and gives every frame of them, in order', () => {
    virtualTime(({ flush }) => {
      const queue = wait(interval(20).pipe(take(1_500), mergeMap((i) => range(i * 20, 20))));
      let next = 0;
      let wrong = 0;
      timer(21, 20).pipe(take(TEN_MINUTES)).subscribe(() => (wrong += queue.read() === next++ ? 0 : 1));
      flush();
      expect({ next, wrong }).toEqual({ next: TEN_MINUTES, wrong: 0 });
      expect(queue.read()).toBe(END);
    });
  });

  it('holds no more than its bytes, and says so at once', () => {
    const source = new Subject<Uint8Array>();
    let told = 0;
    const queue = wait(source, { bytes: 240 }, () => told++);
    for (let i = 0; i < 3; i++) source.next(SPEECH);
    expect([queue.overflow, source.observed, told]).toEqual([undefined, true, 0]);
    source.next(SPEECH);
    expect([source.observed, told]).toEqual([false, 1]);
    expect(queue.overflow).toMatchObject({ code: 'frame-overflow', limit: 240, unit: 'bytes' });
    for (const cure of ['240 bytes', 'async iterable', 'onDemand', 'buffer.bytes']) expect(String(queue.overflow)).toContain(cure);
    expect(() => queue.read()).toThrow(FrameOverflowError);
  });

  it('has room again for what was read, and counts what is empty or no frame for 64 bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 1_000 }), fc.array(fc.option(fc.integer({ min: 0, max: 200 })), { maxLength: 60 }), (bytes, steps) => {
        const source = new Subject<unknown>();
        const queue = wait(source, { bytes });
        const model: number[] = [];
        for (const size of steps) {
          if (size === null) {
            expect(queue.read() === PENDING).toBe(model.shift() === undefined);
            continue;
          }
          model.push(Math.max(64, size));
          source.next(size === 64 ? 'no frame' : new Uint8Array(size));
          const over = model.reduce((a, b) => a + b, 0) > bytes;
          expect(queue.overflow !== undefined).toBe(over);
          if (over) return;
        }
      }),
    );
  });

  it('stops an endless synchronous Observable, which would hang the process', () => {
    const queue = wait(EMPTY.pipe(defaultIfEmpty(SPEECH), repeat()), { bytes: 8_000 });
    expect(() => queue.read()).toThrow(FrameOverflowError);
  });

  function wait(source: Observable<unknown>, buffer: PlayBuffer = {}, onReadable: () => void = () => undefined): ObservableFrameQueue {
    return new ObservableFrameQueue(source, { ...resolveReadOptions({ whenBehind: 'wait', buffer }), onReadable });
  }
});
