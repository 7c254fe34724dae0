import { asyncScheduler, concat, EMPTY, from, NEVER, of, range, Subject, throwError, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { FrameOverflowError } from '../../../../src/errors.js';
import { END, PENDING } from '../../../../src/media/send/frame-queue.js';
import { ObservableFrameQueue } from '../../../../src/media/send/observable-frame-queue.js';
import type { PlayBuffer } from '../../../../src/media/send/play-options.js';
import { virtualTime } from '../../../support/virtual-time.js';

function open(
  source: Observable<unknown>,
  buffer: PlayBuffer = { frames: 3, overflow: 'error' },
  onReadable: () => void = () => undefined,
): ObservableFrameQueue {
  return new ObservableFrameQueue(source, { buffer, onReadable, prefetch: 10 });
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
