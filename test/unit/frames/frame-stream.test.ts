/** How operators on frames behave for those who iterate over them. */
import { concat, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { frameStream, type FrameStream } from '../../../src/frames/frame-stream.js';
import type { FrameInput } from '../../../src/frames/frame-input.js';
import { openQueue } from '../../../src/frames/open-queue.js';
import { testFrames } from '../../../src/testing/index.js';

/** The same frames, as a stream that counts open readings. */
function streamOf(frames: FrameInput): FrameStream & { readonly open: () => number } {
  let open = 0;
  const stream = frameStream((options) => {
    const queue = openQueue(frames, options);
    open += 1;
    return { read: () => queue.read(), close: () => (queue.close(), void (open -= 1)) };
  });
  return Object.assign(stream, { open: () => open });
}

async function collected(stream: AsyncIterable<Uint8Array>): Promise<unknown[]> {
  const items: unknown[] = [];
  try {
    for await (const item of stream) items.push(item);
  } catch (error) {
    items.push(error);
  }
  return items;
}

describe('a stream of frames, iterated over', () => {
  it('gives all its frames, as often as its source does, and is closed at the end', async () => {
    const frames = testFrames(30);
    async function* later(): AsyncGenerator<Uint8Array> {
      yield* frames;
    }
    const stream = streamOf(frames);
    for (const one of [stream, stream, streamOf(later()), streamOf(of(...frames))]) expect(await collected(one)).toEqual(frames);
    expect(stream.open()).toBe(0);
    expect(await collected(streamOf([]))).toEqual([]);
  });

  it('fails after the frames before, and is closed', async () => {
    const stream = streamOf(concat(of(testFrames(1)[0]!), throwError(() => 'lost')));
    expect(await collected(stream)).toEqual([testFrames(1)[0], 'lost']);
    expect(stream.open()).toBe(0);
  });

  it('opens nothing before it is asked, and lets go of what it waits for', async () => {
    const stream = streamOf(NEVER);
    const iterator = stream[Symbol.asyncIterator]();
    expect(stream.open()).toBe(0);
    const waiting = iterator.next();
    await Promise.resolve();
    expect(stream.open()).toBe(1);
    expect(await iterator.return!()).toEqual({ done: true, value: undefined });
    expect([await waiting, await iterator.next(), stream.open()]).toEqual([{ done: true, value: undefined }, { done: true, value: undefined }, 0]);
  });

  it('answers who asks twice at once in turn', async () => {
    const source = new Subject<Uint8Array>();
    const iterator = streamOf(source)[Symbol.asyncIterator]();
    const [a, b] = [iterator.next(), iterator.next()];
    await Promise.resolve();
    const frames = testFrames(2);
    for (const frame of frames) source.next(frame);
    expect([(await a).value, (await b).value]).toEqual(frames);
  });
});
