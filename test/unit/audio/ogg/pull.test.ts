import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { oggOpus, type ByteInput } from '../../../../src/audio/index.js';
import { collect } from '../../../support/collect.js';
import { oggPage, oggPages, opusPackets } from '../../../support/ogg-writer.js';

const HOUR = 180_000;
const PER_PAGE = 50;

/** Runs the garbage collector, so that only live memory is measured. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('an hour', () => {
  it('is read only as far as its frames are pulled, in memory that does not grow', async () => {
    let pages = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (const page of oggPages(opusPackets(HOUR), { packetsPerPage: PER_PAGE })) {
        pages += 1;
        yield page;
      }
    }
    const expected = opusPackets(HOUR);
    let frames = 0;
    let wrong = 0;
    let furthestAhead = 0;
    let early = 0;
    let most = 0;
    for await (const frame of oggOpus(source())) {
      const { value } = expected.next() as { value: Uint8Array };
      if (Buffer.compare(frame, value) !== 0) wrong += 1;
      frames += 1;
      furthestAhead = Math.max(furthestAhead, (pages - 2) * PER_PAGE - frames);
      if (frames === 10_000) early = heldBytes();
      if (frames > 10_000 && frames % 34_000 === 0) most = Math.max(most, heldBytes());
    }
    expect({ frames, wrong }).toEqual({ frames: HOUR, wrong: 0 });
    // The rest of one page, and no further page.
    expect(furthestAhead).toBeLessThan(PER_PAGE);
    // 43 MB went through; a twentieth of that is tolerance for the garbage collector.
    expect(most - early).toBeLessThan(2_000_000);
  });

  it('may be one packet that never ends: it is not kept', async () => {
    const body = new Uint8Array(255 * 255);
    const lacings = Array.from({ length: 255 }, () => 255);
    let most = 0;
    function* source(): Generator<Uint8Array> {
      yield* [...oggPages(opusPackets(1))].slice(0, 2);
      const before = heldBytes();
      for (let sequence = 2; sequence < 300; sequence++) {
        yield oggPage({ sequence, continued: sequence > 2, lacings, body });
        if (sequence % 50 === 0) most = Math.max(most, heldBytes() - before);
      }
    }
    const { items, error } = await collect(oggOpus(source()));
    expect(items).toEqual([]);
    expect(error).toMatchObject({ code: 'media-format' });
    // 19 MB went through.
    expect(most).toBeLessThan(3_000_000);
  });

  it('is opened by its function when the first frame is asked for, each time anew, and not at all if none is', async () => {
    let opened = 0;
    const frames = oggOpus(() => {
      opened += 1;
      return oggPages(opusPackets(3));
    });
    await frames[Symbol.asyncIterator]().return?.();
    expect(opened).toBe(0);
    expect((await collect(frames)).items.length).toBe(3);
    expect((await collect(frames)).items.length).toBe(3);
    expect(opened).toBe(2);
    const missing = oggOpus(() => {
      throw new Error('ENOENT');
    });
    expect((await collect(missing)).error).toEqual(new Error('ENOENT'));
  });

  it('is not touched before the first frame is asked for', async () => {
    let touched = 0;
    const input: Iterable<Uint8Array> = {
      [Symbol.iterator]: () => {
        touched += 1;
        return oggPages(opusPackets(3));
      },
    };
    const frames = oggOpus(input)[Symbol.asyncIterator]();
    expect(touched).toBe(0);
    await frames.next();
    expect(touched).toBe(1);
  });
});

/** A source that gives `pages` pages, the last one cut in half, never answers after that, and records the calls. */
class Stalling {
  readonly calls: string[] = [];
  readonly asked: Promise<void>;
  readonly #pages: Iterator<Uint8Array>;
  #left: number;
  #onAsked: () => void = () => undefined;

  constructor(pages: number) {
    this.#pages = oggPages(opusPackets(200), { packetsPerPage: 2 });
    this.#left = pages;
    this.asked = new Promise((resolve) => (this.#onAsked = resolve));
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => {
        if (this.#left-- > 0) {
          const page = this.#pages.next().value as Uint8Array;
          return Promise.resolve({ done: false, value: this.#left === 0 ? page.subarray(0, page.length / 2) : page });
        }
        this.#onAsked();
        return new Promise<never>(() => undefined);
      },
      return: () => {
        this.calls.push('return');
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  destroy(): void {
    this.calls.push('destroy');
  }
}

describe('stopping', () => {
  it('releases the source while a read is pending, and ends that read', async () => {
    const source = new Stalling(4);
    const frames = oggOpus(source)[Symbol.asyncIterator]();
    await frames.next();
    await frames.next();
    const pending = frames.next();
    await source.asked;
    await frames.return?.();
    expect(source.calls).toEqual(['destroy', 'return']);
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await frames.next()).toEqual({ done: true, value: undefined });
  });

  it('releases a generator, in good order, when a loop is left', async () => {
    const log: string[] = [];
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* oggPages(opusPackets(200));
      } finally {
        await new Promise(setImmediate);
        log.push('closed');
      }
    }
    for await (const frame of oggOpus(source())) {
      expect(frame.length).toBeGreaterThan(0);
      break;
    }
    expect(log).toEqual(['closed']);
  });

  it('releases a source that nothing was read of', async () => {
    const source = new Stalling(0);
    await oggOpus(source)[Symbol.asyncIterator]().return?.();
    expect(source.calls).toEqual(['destroy', 'return']);
  });

  it('releases the source after an error of ours', async () => {
    const source = new Stalling(3);
    const noOgg = { [Symbol.asyncIterator]: () => endless(source), destroy: () => source.destroy() };
    const { error } = await collect(oggOpus(noOgg));
    expect(error).toMatchObject({ code: 'media-format' });
    expect(source.calls).toEqual(['destroy', 'closed']);

    async function* endless(log: Stalling): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(100);
      } finally {
        log.calls.push('closed');
      }
    }
  });

  it('destroys a Node stream that waits for data', async () => {
    let askedAgain: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (askedAgain = resolve));
    const pages = oggPages(opusPackets(4), { packetsPerPage: 2, endOfStream: false });
    let given = 0;
    const stream = new Readable({
      read(): void {
        if (given++ < 3) this.push(pages.next().value);
        else askedAgain();
      },
    });
    const frames = oggOpus(stream)[Symbol.asyncIterator]();
    await frames.next();
    await frames.next();
    const pending = frames.next();
    await asked;
    await frames.return?.();
    expect(stream.destroyed).toBe(true);
    expect((await pending).done).toBe(true);
  });

  it('cancels a web stream that waits for data', async () => {
    let cancelled = false;
    const pages = oggPages(opusPackets(4), { packetsPerPage: 2 });
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (let i = 0; i < 3; i++) controller.enqueue(pages.next().value as Uint8Array);
      },
      cancel: () => {
        cancelled = true;
      },
    });
    const frames = oggOpus(stream)[Symbol.asyncIterator]();
    await frames.next();
    await frames.next();
    const pending = frames.next();
    await Promise.resolve();
    await frames.return?.();
    expect(cancelled).toBe(true);
    expect((await pending).done).toBe(true);
  });

  it('does not care how the source takes it', async () => {
    const bad = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: () => Promise.reject(new Error('no')),
      }),
      destroy: () => {
        throw new Error('no');
      },
    } as unknown as ByteInput;
    const frames = oggOpus(bad)[Symbol.asyncIterator]();
    const pending = frames.next();
    expect(await frames.return?.()).toEqual({ done: true, value: undefined });
    expect((await pending).done).toBe(true);
  });
});
