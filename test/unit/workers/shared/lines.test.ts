/** Two ports with shared memory: what wakes whom, and that everything arrives in order. Batches arrive when the test says so. */
import { config, VirtualTimeScheduler } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import { packFrames } from '../../../../src/engine/frame-batch.js';
import type { Batch } from '../../../../src/engine/outbox.js';
import type { WireMessage } from '../../../../src/engine/wire.js';
import { hasFrames } from '../../../../src/engine/frame-run.js';
import { isSent } from '../../../../src/engine/sent-run.js';
import { enginePort, type FlushedPort, type Posting } from '../../../../src/workers/message-port.js';
import { HomeLine } from '../../../../src/workers/shared/home-line.js';
import { sharedMemory } from '../../../../src/workers/shared/line.js';
import { Rounds } from '../../../../src/workers/shared/rounds.js';
import { ThreadLine } from '../../../../src/workers/shared/thread-line.js';

const ROUND = 220;
const PATIENT = 200;
const sent = (position: number, id = 1): WireMessage => ({ type: 'next', id, value: { type: 'sent', sequence: 1, timestamp: 960, position, bytes: 160 } });
const demand = (frames: number, id = 9): WireMessage => ({ type: 'demand', id, frames });
const frames = (count: number, id = 9): WireMessage => ({ type: 'next', id, value: packFrames(Array.from({ length: count }, (_, i) => new Uint8Array(100).fill(i))) });
const news = (id: number): WireMessage => ({ type: 'next', id, value: { change: {} } });

/** A port as a peer uses it: frequent messages take their own path. */
function spoken(port: FlushedPort) {
  const often = (message: WireMessage): boolean => {
    if (isSent(message)) return port.often!.sent(message.id, message.value);
    if (!hasFrames(message)) return false;
    const { bytes, lengths } = message.value;
    let at = 0;
    return port.often!.frames(message.id, lengths.map((length) => bytes.subarray(at, (at += length))));
  };
  const send = (message: WireMessage, patience?: number): void => {
    if (!often(message)) port.send(message, patience);
  };
  const listen = (asked: (id: number, frames: number) => void): void => port.often!.listen(() => undefined, asked);
  return { messages$: port.messages$, send, listen, flush: () => port.flush(), rest: () => port.rest() };
}

/** One direction of a port: how many batches were posted, and `deliver`, which hands them over. */
function post() {
  const waiting: Batch[] = [];
  let listener: (batch: Batch) => void = () => undefined;
  const direction = {
    posted: 0,
    deliver: (): void => {
      for (const batch of waiting.splice(0)) listener(batch);
    },
    push: (batch: Batch): void => {
      direction.posted += 1;
      waiting.push(structuredClone(batch));
    },
    listen: (to: (batch: Batch) => void): void => void (listener = to),
  };
  return direction;
}

function scene() {
  const scheduler = new VirtualTimeScheduler();
  const [toHome, toThread] = [post(), post()];
  const posting = (out: typeof toHome, incoming: typeof toHome): Posting => ({ postMessage: (batch) => out.push(batch), on: (_, listener) => incoming.listen(listener) });
  const memory = sharedMemory();
  const home = spoken(enginePort(posting(toThread, toHome), { beside: (tell, wake) => new HomeLine(memory, new Rounds(scheduler), tell, wake) }));
  const thread = spoken(enginePort(posting(toHome, toThread), { sentEvery: ROUND, beside: (tell, wake) => new ThreadLine(memory, tell, wake) }));
  const [atHome, inThread]: WireMessage[][] = [[], []];
  home.messages$.subscribe((message) => atHome!.push(message));
  thread.messages$.subscribe((message) => inThread!.push(message));
  /** Lets the current microtasks end, then runs everything that is due until `ms`. */
  const at = async (ms: number): Promise<void> => {
    await Promise.resolve();
    scheduler.maxFrames = ms;
    scheduler.flush();
    scheduler.frame = ms;
    await Promise.resolve();
    await Promise.resolve();
  };
  /** The home side is busy until then. */
  const late = (ms: number): void => void (scheduler.frame = ms);
  /** The first `sent` event is posted; from then on the home side polls. */
  const playing = async (): Promise<void> => {
    thread.send(sent(0));
    thread.flush();
    toHome.deliver();
    await at(0);
    atHome!.length = 0;
    toHome.posted = 0;
  };
  /** A home side that answers demands immediately, each frame on its own. */
  const answers = (): void => void home.messages$.subscribe((message) => {
    if (message.type === 'demand') for (let i = 0; i < message.frames; i += 1) home.send(frames(1, message.id));
  });
  return { home, thread, toHome, toThread, atHome: atHome!, inThread: inThread!, at, late, playing, answers };
}

it('a song goes by without a message: what was sent and is asked for is seen in rounds, and its frames by the thread as it sends', async () => {
  const { thread, toHome, toThread, atHome, inThread, at, playing, answers } = scene();
  answers();
  await playing();
  for (let ms = 20; ms <= 2_000; ms += 20) {
    await at(ms);
    thread.send(sent(ms));
    if (ms % 80 === 0) thread.send(demand(4), PATIENT);
  }
  await at(2_000 + ROUND);
  thread.send(sent(3_000));
  await at(2_000 + ROUND);
  expect([toHome.posted, toThread.posted]).toEqual([0, 0]);
  const positions = atHome.flatMap((message) => (message.type === 'next' ? (message.value as { position: number }).position : []));
  expect(positions).toEqual(Array.from({ length: 100 }, (_, i) => (i + 1) * 20));
  // The demands of a round are combined, after the `sent` events.
  expect(atHome.filter(({ type }) => type === 'demand').map((message) => (message as { frames: number }).frames)).toEqual([8, 12, 12, 8, 12, 12, 12, 8, 12, 4]);
  expect(inThread).toHaveLength(100);
});

it('keeps the order of what is posted and what is not, whichever comes first', async () => {
  const { home, thread, toHome, toThread, atHome, inThread, at, playing } = scene();
  await playing();
  thread.send(sent(20));
  thread.send(news(2));
  thread.send(sent(40));
  thread.flush();
  thread.send(sent(60));
  expect(toHome.posted).toBe(1);
  // The round comes before the batch arrives.
  await at(ROUND);
  expect(atHome).toEqual([sent(20)]);
  toHome.deliver();
  expect(atHome).toEqual([sent(20), news(2), sent(40), sent(60)]);
  // The reverse order.
  thread.send(demand(2), PATIENT);
  home.messages$.subscribe(({ type }) => {
    if (type !== 'demand') return;
    home.send(frames(1));
    home.send({ type: 'complete', id: 9 });
    home.flush();
  });
  await at(2 * ROUND);
  expect(toThread.posted).toBe(1);
  toThread.deliver();
  expect(inThread).toEqual([frames(1), { type: 'complete', id: 9 }]);
});

it('what was asked for in haste is posted, and so is what comes later than it is asked for', async () => {
  const { home, thread, toHome, toThread, inThread, at, playing } = scene();
  await playing();
  thread.send(demand(1));
  thread.send(demand(1, 8), PATIENT - 1);
  thread.flush();
  expect(toHome.posted).toBe(1);
  toHome.deliver();
  home.send(frames(1));
  await at(10);
  expect(toThread.posted).toBe(1);
  // A source that makes its frames when they are due: the thread may have no others by then.
  thread.send(demand(5), PATIENT);
  await at(ROUND + 21);
  home.send(frames(1));
  await at(ROUND + 22);
  expect(toThread.posted).toBe(2);
  toThread.deliver();
  expect(inThread).toEqual([frames(1), frames(1)]);
});

it('what comes a moment after it was asked for wakes nobody, also where some of it came at once and one of the others failed', async () => {
  const { home, thread, toThread, inThread, at, playing } = scene();
  await playing();
  const broken = new RangeError('a source');
  const reported = new Promise((resolve) => (config.onUnhandledError = resolve));
  onTestFinished(() => void (config.onUnhandledError = null));
  home.listen((id, count) => {
    if (id === 8) throw broken;
    home.send(frames(count - 1));
  });
  thread.send(demand(2, 8), PATIENT);
  thread.send(demand(5), PATIENT);
  await at(ROUND);
  await at(ROUND + 20);
  home.send(frames(1));
  await at(ROUND + 21);
  home.send(frames(1));
  await at(ROUND + 22);
  // The last frame comes more than 20 ms after its request, so it is posted.
  expect(toThread.posted).toBe(1);
  thread.send(sent(20));
  await at(ROUND + 40);
  expect(inThread).toEqual([frames(4), frames(1)]);
  toThread.deliver();
  expect(inThread).toEqual([frames(4), frames(1), frames(1)]);
  expect(await reported).toBe(broken);
});

it('answers a thread that was left alone for long by a message: it may have come to its end, and be silent', async () => {
  const { thread, toHome, toThread, inThread, late, at, playing, answers } = scene();
  answers();
  await playing();
  thread.send(demand(2), PATIENT);
  thread.send(news(3));
  thread.flush();
  late(400);
  toHome.deliver();
  await at(401);
  expect(toThread.posted).toBe(1);
  toThread.deliver();
  expect(inThread).toEqual([frames(1), frames(1)]);
});

it('wakes a thread that does not see its frames by the next round', async () => {
  const { thread, toThread, inThread, at, playing, answers } = scene();
  answers();
  await playing();
  thread.send(demand(3), PATIENT);
  await at(ROUND);
  expect(toThread.posted).toBe(0);
  await at(2 * ROUND);
  expect(toThread.posted).toBe(1);
  toThread.deliver();
  expect(inThread).toEqual([frames(1), frames(1), frames(1)]);
});

it('looks no more where nothing comes, and again with the first that is posted', async () => {
  const { thread, toHome, atHome, at, playing } = scene();
  await playing();
  await at(4 * ROUND);
  thread.send(sent(20));
  await at(10 * ROUND);
  expect(atHome).toEqual([]);
  thread.flush();
  expect(toHome.posted).toBe(1);
  toHome.deliver();
  thread.send(sent(40));
  await at(11 * ROUND);
  expect(atHome).toEqual([sent(20), sent(40)]);
  expect(toHome.posted).toBe(1);
});

it('tells what was written until nothing runs there any more', async () => {
  const { home, thread, atHome, at, playing } = scene();
  await playing();
  thread.send(sent(20));
  await at(20);
  home.rest();
  expect(atHome).toEqual([sent(20)]);
  thread.send(sent(40));
  await at(40);
  home.rest();
  expect(atHome).toEqual([sent(20)]);
});

it('posts what there is no room for, in its order', async () => {
  const { thread, toHome, atHome, at, playing } = scene();
  await playing();
  const count = 12_000;
  for (let i = 1; i <= count; i += 1) thread.send(sent(i, i));
  thread.flush();
  expect(toHome.posted).toBeGreaterThan(0);
  toHome.deliver();
  await at(ROUND);
  expect(atHome).toEqual(Array.from({ length: count }, (_, i) => sent(i + 1, i + 1)));
});
