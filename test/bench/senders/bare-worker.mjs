/** A bare sender in a thread that the main thread feeds every half second for all sessions: the minimum cost of two threads. */
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { Bare } from './bare-socket.mjs';

const FED_EVERY_MS = 500;
const FRAMES = FED_EVERY_MS / 20;

if (!isMainThread) {
  const bare = new Bare();
  const queues = new Map();
  parentPort.on('message', async ({ count, fed, leave }) => {
    if (count !== undefined) {
      await bare.open(count);
      parentPort.postMessage({ ready: true });
    }
    if (leave !== undefined) bare.close(leave);
    for (const [index, frames] of fed ?? []) {
      if (queues.has(index)) queues.get(index).push(...frames);
      else begin(index, frames);
    }
  });

  async function begin(index, frames) {
    queues.set(index, frames);
    await bare.play(index, () => queues.get(index).shift());
    queues.delete(index);
    parentPort.postMessage({ done: index });
  }
}

export async function join(admissions) {
  const worker = new Worker(new URL(import.meta.url));
  worker.postMessage({ count: admissions.length });
  await once(worker, 'message');
  const waiting = new Map();
  worker.on('message', ({ done }) => waiting.get(done)?.());
  const sources = new Map();
  let feeding;
  const feed = (indexes, count) => {
    const fed = indexes.map((index) => [index, take(sources.get(index), count)]);
    for (const [index, frames] of fed) if (frames.length < count) sources.delete(index);
    worker.postMessage({ fed });
    if (sources.size === 0) feeding = clearInterval(feeding);
  };
  return admissions.map((_, index) => ({
    play: (frames) =>
      new Promise((resolve) => {
        waiting.set(index, resolve);
        sources.set(index, frames[Symbol.iterator]());
        // Twice as many at first, so that the next frames come before these are sent.
        feed([index], 2 * FRAMES);
        feeding ??= setInterval(() => feed([...sources.keys()], FRAMES), FED_EVERY_MS);
      }),
    leave: () => worker.postMessage({ leave: index }),
  }));
}

function take(source, count) {
  const frames = [];
  for (let next; frames.length < count && !(next = source.next()).done; ) frames.push(next.value);
  return frames;
}
