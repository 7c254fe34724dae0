/**
 * A bare sender in a thread that uses the shared-memory rings of `rxvoice/workers` directly: frames go there and reports of sent frames come back
 * through the rings, without waking either side. This is the minimum cost of a thread that gets every frame and reports every frame.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { once } from 'node:events';
import { load } from '../library.mjs';
import { Bare } from './bare-socket.mjs';

const { Line, sharedMemory } = await load('workers/shared/line.js');
const { FrameStore } = await load('engine/frame-store.js');

/** The interval at which the main thread of `rxvoice/workers` reads the rings. */
const EVERY_MS = 220;
const AHEAD = 25;
const FRAME_MS = 20;
const SAMPLES = 960;

if (!isMainThread) {
  const bare = new Bare();
  const line = new Line(workerData.toHome, workerData.toThread);
  const stores = new Map();
  const told = {
    next: (index, batch) => {
      if (!stores.has(index)) begin(index);
      stores.get(index).add(batch);
    },
  };
  let ending = false;
  const end = () => {
    ending = false;
    line.out.publish();
    line.read(told);
  };
  parentPort.on('message', async ({ count, look, leave }) => {
    if (count !== undefined) {
      await bare.open(count);
      parentPort.postMessage('ready');
    }
    if (look) line.read(told);
    if (leave !== undefined) bare.close(leave);
  });

  async function begin(index) {
    const store = new FrameStore();
    stores.set(index, store);
    let sequence = 0;
    await bare.play(index, () => {
      const frame = store.take();
      if (frame === undefined) return undefined;
      if (!ending) {
        ending = true;
        line.out.look();
        queueMicrotask(end);
      }
      line.sent(index, { type: 'sent', sequence, timestamp: sequence * SAMPLES, position: sequence * FRAME_MS, bytes: frame.length });
      sequence += 1;
      return frame;
    });
    stores.delete(index);
    parentPort.postMessage({ done: index });
  }
}

export async function join(admissions) {
  const memory = sharedMemory();
  const worker = new Worker(new URL(import.meta.url), { workerData: memory });
  worker.postMessage({ count: admissions.length });
  await once(worker, 'message');
  const line = new Line(memory.toThread, memory.toHome);
  const plays = new Map();
  worker.on('message', ({ done }) => {
    plays.get(done).resolve();
    plays.delete(done);
    if (plays.size === 0) looking = clearInterval(looking);
  });
  const give = (index, play, count) => {
    const frames = [];
    for (let next; frames.length < count && !(next = play.source.next()).done; ) frames.push(next.value);
    if (frames.length > 0 && !line.frames(index, frames)) throw new RangeError('the memory is full');
  };
  const told = {
    next: (index) => {
      const play = plays.get(index);
      if (play !== undefined) play.sent += 1;
    },
  };
  let looking;
  const look = () => {
    line.read(told);
    line.out.look();
    for (const [index, play] of plays) {
      give(index, play, play.sent);
      play.sent = 0;
    }
    line.out.publish();
  };
  return admissions.map((_, index) => ({
    play: (frames) =>
      new Promise((resolve) => {
        const play = { source: frames[Symbol.iterator](), sent: 0, resolve };
        plays.set(index, play);
        give(index, play, AHEAD);
        line.out.publish();
        worker.postMessage({ look: true });
        looking ??= setInterval(look, EVERY_MS);
      }),
    leave: () => worker.postMessage({ leave: index }),
  }));
}
