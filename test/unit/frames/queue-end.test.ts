/** What a queue returns when it has no frame, and whom it wakes. */
import { describe, expect, it } from 'vitest';
import { END, PENDING } from '../../../src/frames/frame-queue.js';
import { QueueEnd } from '../../../src/frames/queue-end.js';

const noted = (): { end: QueueEnd; woken: () => number } => {
  let woken = 0;
  return { end: new QueueEnd(() => (woken += 1)), woken: () => woken };
};

describe('the end of a queue', () => {
  it('wakes who was told that there is no frame yet, once for each time', () => {
    const { end, woken } = noted();
    end.wake();
    expect(woken()).toBe(0);
    expect([end.read(), end.read()]).toEqual([PENDING, PENDING]);
    end.wake();
    end.wake();
    expect(woken()).toBe(1);
  });

  it('is told to who waits, and stays the first', () => {
    const { end, woken } = noted();
    end.read();
    end.end({});
    end.end({ error: new Error('late') });
    expect([end.read(), end.over, woken()]).toEqual([END, true, 1]);
  });

  it('is thrown where it is a failure, be it undefined', () => {
    const { end } = noted();
    end.end({ error: undefined });
    let thrown: unknown = 'nothing';
    try {
      end.read();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeUndefined();
  });

  it('is told at once where it is an overflow, asked for or not', () => {
    const { end, woken } = noted();
    end.overflown('too much');
    end.overflown('again');
    expect([end.overflow, end.over, woken()]).toEqual(['too much', true, 1]);
  });

  it('wakes nobody who has closed', () => {
    const { end, woken } = noted();
    end.read();
    end.close();
    end.end({ error: 'late' });
    end.overflown('late');
    end.wake();
    expect([end.read(), end.overflow, woken()]).toEqual([END, undefined, 0]);
  });
});
