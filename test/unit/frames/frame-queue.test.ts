import { EMPTY, of } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { VoiceOptionsError } from '../../../src/errors.js';
import { END, PENDING, type FrameQueue, type QueueOptions } from '../../../src/frames/frame-queue.js';
import { openQueue } from '../../../src/frames/open-queue.js';
import { resolveReadOptions, type FrameInput } from '../../../src/frames/frame-input.js';
import { settle } from '../media/send/stage.js';
import { reportedErrors } from '../../support/reported-errors.js';

const OPTIONS: QueueOptions = { ...resolveReadOptions({ prefetch: 3, buffer: { frames: 5 } }), onReadable: () => undefined };

/** Whatever an untyped caller may pass. */
function open(input: unknown): FrameQueue {
  return openQueue(input as FrameInput, OPTIONS);
}

const a = Uint8Array.of(1);
const b = Uint8Array.of(2);

describe('openQueue', () => {
  it.each<[string, unknown, string]>([
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['a number', 3, 'number'],
    ['a string', 'song.ogg', 'string'],
    ['a plain object', { frames: [] }, 'an object that is none of them'],
    ['a generator function', function* () {}, 'is to be called first'],
    ['an async generator function', async function* () {}, 'is to be called first'],
  ])('refuses %s with a text that helps', (_, input, text) => {
    expect(() => open(input)).toThrow(VoiceOptionsError);
    expect(() => open(input)).toThrow(/Iterable, an AsyncIterable or an Observable of Opus frames/);
    expect(() => open(input)).toThrow(text);
  });

  it('reads each kind of source', async () => {
    async function* generate() {
      yield a;
    }
    const sources = [[a], new Set([a]), of(a), generate(), new ReadableStream({ start: (c) => (c.enqueue(a), c.close()) })];
    for (const source of sources) {
      const queue = open(source);
      await settle();
      expect(queue.read()).toBe(a);
      await settle();
      expect(queue.read()).toBe(END);
    }
  });

  it('has nothing in an empty one', async () => {
    for (const source of [[], EMPTY, (async function* () {})(), new ReadableStream({ start: (c) => c.close() })]) {
      const queue = open(source);
      await settle();
      expect(queue.read()).toBe(END);
      expect(queue.read()).toBe(END);
    }
  });

  it('takes a Uint8Array for the list of numbers that it is: who reads them says what is wrong', () => {
    expect(open(Uint8Array.of(0xf8, 0xff, 0xfe)).read()).toBe(0xf8);
  });
});

/** A hand-written iterator that records the calls to it. */
function noted(values: readonly unknown[], calls: string[]) {
  let i = 0;
  const iterator = {
    next: () => {
      calls.push('next');
      const value = values[i++];
      if (value instanceof Error) throw value;
      return i > values.length ? { done: true as const, value: undefined } : { done: false as const, value };
    },
    return: () => {
      calls.push('return');
      return { done: true as const, value: undefined };
    },
  };
  return { [Symbol.iterator]: () => iterator };
}

describe('the queue of an iterable', () => {
  it('reads one item a read, and none ahead', () => {
    const calls: string[] = [];
    const queue = open(noted([a, b], calls));
    expect(calls).toEqual([]);
    expect(queue.read()).toBe(a);
    expect(calls).toEqual(['next']);
    expect(queue.read()).toBe(b);
    expect(queue.read()).toBe(END);
    expect(calls).toEqual(['next', 'next', 'next']);
  });

  it('gives every item, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.anything()), (items) => {
        const queue = open(items);
        for (const item of items) expect(queue.read()).toBe(item);
        expect(queue.read()).toBe(END);
      }),
    );
  });

  it('asks nothing and releases nothing after the end', () => {
    const calls: string[] = [];
    const queue = open(noted([], calls));
    queue.read();
    queue.read();
    queue.close();
    expect(calls).toEqual(['next']);
  });

  it('releases a source that has not ended, once', () => {
    const calls: string[] = [];
    const queue = open(noted([a, b], calls));
    queue.read();
    queue.close();
    queue.close();
    expect(queue.read()).toBe(END);
    expect(calls).toEqual(['next', 'return']);
  });

  it('runs the finally of a generator', () => {
    const steps: string[] = [];
    const queue = open(
      (function* () {
        try {
          yield a;
        } finally {
          steps.push('finally');
        }
      })(),
    );
    queue.read();
    queue.close();
    expect(steps).toEqual(['finally']);
  });

  it('throws what the source throws, and does not ask or release it again', () => {
    const calls: string[] = [];
    const queue = open(noted([a, new Error('unreadable')], calls));
    expect(queue.read()).toBe(a);
    expect(() => queue.read()).toThrow('unreadable');
    expect(queue.read()).toBe(END);
    queue.close();
    expect(calls).toEqual(['next', 'next']);
  });

  it('does not let a source that fails while it is released disturb anybody, and has it reported', async () => {
    const reported = reportedErrors();
    const queue = open(
      (function* () {
        try {
          yield a;
        } finally {
          throw new Error('from the finally');
        }
      })(),
    );
    queue.read();
    expect(() => queue.close()).not.toThrow();
    expect(queue.read()).toBe(END);
    await vi.waitFor(() => expect(reported).toEqual([new Error('from the finally')]));
  });

  it('releases a source that has it closed while it is being asked', () => {
    const calls: string[] = [];
    const source = noted([a, b], calls);
    const iterator = source[Symbol.iterator]();
    const queue: FrameQueue = open({
      [Symbol.iterator]: () => ({
        next: () => {
          queue.close();
          return iterator.next();
        },
        return: iterator.return,
      }),
    });
    queue.read();
    expect(calls).toEqual(['next', 'return']);
    expect(queue.read()).toBe(END);
  });

  it('is never without an answer', () => {
    expect(open([a]).read()).not.toBe(PENDING);
  });
});
