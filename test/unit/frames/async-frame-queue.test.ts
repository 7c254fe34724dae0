import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import fc from 'fast-check';
import { AsyncFrameQueue } from '../../../src/frames/async-frame-queue.js';
import { DEFAULT_READ_OPTIONS } from '../../../src/frames/frame-input.js';
import { END, PENDING, type QueueOptions } from '../../../src/frames/frame-queue.js';
import { settle } from '../media/send/stage.js';
import { reportedErrors } from '../../support/reported-errors.js';

function options(prefetch = 3, onReadable: () => void = () => undefined): QueueOptions {
  return { ...DEFAULT_READ_OPTIONS, prefetch, onReadable };
}

/** An async source that answers on command, and records the calls to it. */
class Asked {
  readonly calls: string[] = [];
  readonly #waiting: { resolve: (result: unknown) => void; reject: (error: unknown) => void }[] = [];

  [Symbol.asyncIterator]() {
    return {
      next: () => {
        this.calls.push('next');
        return new Promise<never>((resolve, reject) => this.#waiting.push({ resolve: resolve as never, reject }));
      },
      return: () => {
        this.calls.push('return');
        return Promise.resolve({ done: true as const, value: undefined });
      },
    };
  }

  async answer(result: unknown): Promise<void> {
    this.#waiting.shift()!.resolve(result);
    await settle();
  }

  async give(value: unknown): Promise<void> {
    await this.answer({ done: false, value });
  }

  async end(): Promise<void> {
    await this.answer({ done: true, value: undefined });
  }

  async fail(error: unknown): Promise<void> {
    this.#waiting.shift()!.reject(error);
    await settle();
  }
}

describe('reading ahead', () => {
  it('has one question open at a time, and never more than prefetch frames waiting', async () => {
    const source = new Asked();
    const queue = new AsyncFrameQueue(source, options(3));
    expect(source.calls).toHaveLength(1);
    for (let i = 0; i < 3; i++) await source.give(i);
    expect(source.calls).toHaveLength(3);
    expect(queue.read()).toBe(0);
    expect(source.calls).toHaveLength(4);
    expect(queue.read()).toBe(1);
    expect(source.calls).toHaveLength(4);
  });

  it('keeps order and the bound, whatever the pace of the two sides', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.array(fc.boolean(), { maxLength: 120 }), async (prefetch, steps) => {
        let asked = 0;
        let reads = 0;
        const source = {
          [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: asked++ }) }),
        };
        const queue = new AsyncFrameQueue(source, options(prefetch));
        for (const read of steps) {
          if (!read) await settle();
          else {
            const got = queue.read();
            if (got !== PENDING) expect(got).toBe(reads++);
          }
          expect(asked - reads).toBeLessThanOrEqual(prefetch);
        }
        queue.close();
      }),
      { numRuns: 60 },
    );
  });

  it('reads at least one ahead, and whole ones', async () => {
    for (const prefetch of [0, -5, 1, 1.9]) {
      const source = new Asked();
      new AsyncFrameQueue(source, options(prefetch));
      await source.give(1);
      expect(source.calls).toEqual(['next']);
    }
  });

  it('refuses a prefetch that is no number, before the source is touched', () => {
    const source = new Asked();
    expect(() => new AsyncFrameQueue(source, options(Number.NaN))).toThrow(RangeError);
    expect(source.calls).toEqual([]);
  });

  it('tells that there is something to read only after a read found nothing, and once', async () => {
    const source = new Asked();
    let told = 0;
    const queue = new AsyncFrameQueue(source, options(3, () => told++));
    await source.give('a');
    expect(told).toBe(0);
    expect(queue.read()).toBe('a');
    expect(queue.read()).toBe(PENDING);
    expect(queue.read()).toBe(PENDING);
    await source.give('b');
    await source.give('c');
    expect(told).toBe(1);
    expect([queue.read(), queue.read(), queue.read()]).toEqual(['b', 'c', PENDING]);
    await source.end();
    expect(told).toBe(2);
    expect(queue.read()).toBe(END);
  });
});

describe('the end of an async source', () => {
  it('comes after the frames before it, and nothing is called after it', async () => {
    const source = new Asked();
    const queue = new AsyncFrameQueue(source, options());
    await source.give('a');
    await source.end();
    expect([queue.read(), queue.read(), queue.read()]).toEqual(['a', END, END]);
    queue.close();
    await settle();
    expect(source.calls).toEqual(['next', 'next']);
  });

  it('is a failure after the frames before it; a failed source is not released again', async () => {
    const source = new Asked();
    const queue = new AsyncFrameQueue(source, options());
    await source.give('a');
    await source.fail(new Error('lost'));
    expect(queue.read()).toBe('a');
    expect(() => queue.read()).toThrow('lost');
    queue.close();
    await settle();
    expect(source.calls).toEqual(['next', 'next']);
  });

  it('wakes who waits also by a failure', async () => {
    const source = new Asked();
    let told = 0;
    const queue = new AsyncFrameQueue(source, options(3, () => told++));
    expect(queue.read()).toBe(PENDING);
    await source.fail(new Error('lost'));
    expect(told).toBe(1);
    expect(() => queue.read()).toThrow('lost');
  });

  it.each(['done', 'value'])('is a failure when what next() answers with throws as its %s is looked at, and nothing is left unhandled', async (field) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    const answer = Object.defineProperty({ done: false, value: 1 }, field, { get: () => { throw new Error(field); } }); // prettier-ignore
    let told = 0;
    const queue = new AsyncFrameQueue({ [Symbol.asyncIterator]: () => ({ next: async () => answer }) }, options(3, () => (told += 1)));
    expect(queue.read()).toBe(PENDING);
    await settle();
    await new Promise((resolve) => void setImmediate(resolve));
    expect(told).toBe(1);
    expect(() => queue.read()).toThrow(field);
    expect(unhandled).toEqual([]);
  });

  it('is closed by what is run as an answer is looked at, and keeps nothing of it', async () => {
    const answer = { done: false, get value() { return (queue.close(), 1); } }; // prettier-ignore
    const queue: AsyncFrameQueue = new AsyncFrameQueue({ [Symbol.asyncIterator]: () => ({ next: async () => answer }) }, options());
    await settle();
    expect(queue.read()).toBe(END);
  });

  it('is a failure when next() throws at once, or answers with what is no object', async () => {
    const throws = { [Symbol.asyncIterator]: () => ({ next: () => { throw new Error('at once'); } }) }; // prettier-ignore
    const nothing = { [Symbol.asyncIterator]: () => ({ next: async () => undefined }) };
    for (const [source, text] of [[throws, 'at once'], [nothing, 'gave undefined, not an object']] as const) {
      const queue = new AsyncFrameQueue(source, options());
      await settle();
      expect(() => queue.read()).toThrow(text);
    }
  });
});

describe('release', () => {
  it('calls return() once, also while an answer is pending, and wants no answer any more', async () => {
    const source = new Asked();
    let told = 0;
    const queue = new AsyncFrameQueue(source, options(3, () => told++));
    expect(queue.read()).toBe(PENDING);
    queue.close();
    queue.close();
    await source.give('late');
    expect(source.calls).toEqual(['next', 'return']);
    expect(queue.read()).toBe(END);
    expect(told).toBe(0);
  });

  it('lets a pending question fail unseen', async () => {
    const source = new Asked();
    const queue = new AsyncFrameQueue(source, options());
    queue.close();
    await source.fail(new Error('torn down'));
    expect(queue.read()).toBe(END);
  });

  it('runs the finally of an async generator', async () => {
    const steps: string[] = [];
    async function* frames() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        steps.push('finally');
      }
    }
    const queue = new AsyncFrameQueue(frames(), options());
    await settle();
    queue.close();
    await settle();
    expect(steps).toEqual(['finally']);
  });

  it('destroys a Node Readable while a read is pending', async () => {
    const source = new Readable({ objectMode: true, read: () => undefined });
    const closed = new Promise((resolve) => source.once('close', () => resolve('closed')));
    const queue = new AsyncFrameQueue(source, options());
    expect(queue.read()).toBe(PENDING);
    queue.close();
    expect(await closed).toBe('closed');
    expect(source.destroyed).toBe(true);
  });

  it('cancels a web ReadableStream while a read is pending', async () => {
    const cancelled: unknown[] = [];
    let pulls = 0;
    const source = new ReadableStream(
      { pull: () => void (pulls += 1, new Promise(() => undefined)), cancel: (reason) => void cancelled.push(reason) },
      { highWaterMark: 0 },
    );
    const queue = new AsyncFrameQueue(source, options());
    await settle();
    expect(pulls).toBe(1);
    expect(queue.read()).toBe(PENDING);
    queue.close();
    queue.close();
    await settle();
    expect(cancelled).toEqual([undefined]);
  });

  it('destroys what can be destroyed, and else cancels what can be cancelled', async () => {
    for (const names of [['destroy'], ['cancel'], ['destroy', 'cancel']]) {
      const calls: string[] = [];
      const source = Object.assign(new Asked(), Object.fromEntries(names.map((name) => [name, () => calls.push(name)])));
      new AsyncFrameQueue(source, options()).close();
      await settle();
      expect(calls).toEqual(names.slice(0, 1));
      expect(source.calls).toEqual(['next', 'return']);
    }
  });

  it('survives a source that throws at every way to let go of it, and has it reported', async () => {
    const reported = reportedErrors();
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listener);
    onTestFinished(() => void process.off('unhandledRejection', listener));
    const bad = (): never => {
      throw new Error('no');
    };
    const iterator = { next: () => new Promise<never>(() => undefined), return: bad };
    for (const name of ['destroy', 'cancel']) {
      const queue = new AsyncFrameQueue({ [Symbol.asyncIterator]: () => iterator, [name]: bad }, options());
      expect(() => queue.close()).not.toThrow();
    }
    await vi.waitFor(() => expect(reported).toEqual(Array<unknown>(4).fill(new Error('no'))));
    expect(unhandled).toEqual([]);
  });
});

describe('a source that could be read twenty times as fast as it plays', () => {
  /** 20 s of speech. */
  const FRAMES = 1_000;
  const frame = (i: number): Uint8Array => Uint8Array.of(0xf8, i >> 8, i & 0xff);
  /** Each counts what it has made. */
  const SOURCES: Readonly<Record<string, (made: (i: number) => Uint8Array | null) => object>> = {
    'a Readable in object mode': (made) => {
      let i = 0;
      return new Readable({ objectMode: true, read() { this.push(made(i++)); } }); // prettier-ignore
    },
    'a web stream': (made) => {
      let i = 0;
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        const next = made(i++);
        if (next === null) controller.close();
        else controller.enqueue(next);
      };
      return new ReadableStream({ pull });
    },
    'an async generator': (made) =>
      (async function* () {
        for (let i = 0, next = made(0); next !== null; next = made(++i)) yield next;
      })(),
  };

  it.each(Object.keys(SOURCES))('%s waits by not being read: it is given whole, and never far ahead', async (kind) => {
    let made = 0;
    const source = SOURCES[kind]!((i) => {
      if (i === FRAMES) return null;
      made += 1;
      return frame(i);
    });
    const queue = new AsyncFrameQueue(source, options(10));
    let read = 0;
    let ahead = 0;
    for (;;) {
      await settle();
      const item = queue.read();
      if (item === END) break;
      if (item === PENDING) {
        await new Promise((resolve) => void setImmediate(resolve));
        continue;
      }
      expect(item).toEqual(frame(read++));
      ahead = Math.max(ahead, made - read);
    }
    expect(read).toBe(FRAMES);
    // The read-ahead, and the 16 objects that a Readable buffers itself.
    expect(ahead).toBeLessThanOrEqual(10 + 17);
  });
});
