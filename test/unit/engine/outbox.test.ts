/** What is batched until when, on the test's clock; and that runs are unpacked as they were packed. */
import { VirtualTimeScheduler } from 'rxjs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eachMessage, Outbox, type Batch } from '../../../src/engine/outbox.js';
import { packFrames } from '../../../src/engine/frame-batch.js';
import type { WireMessage } from '../../../src/engine/wire.js';

const PATIENCE = 200;
const sent = (id: number, position = 0): WireMessage => ({ type: 'next', id, value: { type: 'sent', sequence: 1, timestamp: 960, position, bytes: 160 } });
const news = (id: number): WireMessage => ({ type: 'next', id, value: { change: {} } });
const demand = (id: number, frames: number): WireMessage => ({ type: 'demand', id, frames });

function messages(batch: Batch): WireMessage[] {
  const told: WireMessage[] = [];
  eachMessage(batch, (message) => told.push(message));
  return told;
}

/** An outbox, its posts with their times, and a way to let time pass. */
function scene() {
  const scheduler = new VirtualTimeScheduler();
  const posts: { readonly at: number; readonly messages: WireMessage[] }[] = [];
  const outbox = new Outbox((batch) => posts.push({ at: scheduler.now(), messages: messages(structuredClone(batch)) }), { sentEvery: PATIENCE, scheduler });
  const at = async (ms: number): Promise<void> => {
    scheduler.maxFrames = ms;
    scheduler.flush();
    scheduler.frame = ms;
    await Promise.resolve();
  };
  return { outbox, posts, at };
}

it('what has patience goes with what comes next when its time is over, and by itself when nothing comes', async () => {
  const { outbox, posts, at } = scene();
  for (let ms = 0; ms <= 400; ms += 20) {
    await at(ms);
    outbox.send(sent(1, ms));
    outbox.send(demand(2, 1), PATIENCE);
    outbox.send(demand(3, 2), PATIENCE);
    await Promise.resolve();
  }
  await at(1_000);
  // Two messages in 400 ms for 21 ticks of two plays, and the rest 30 ms after its time.
  expect(posts.map((post) => post.at)).toEqual([200, 430 + 20]);
  expect(posts[0]!.messages.slice(-2)).toEqual([demand(2, 11), demand(3, 22)]);
  expect(posts.flatMap((post) => post.messages.filter(({ type }) => type === 'next'))).toHaveLength(21);
});

it('what has none takes along what waits, in its order', async () => {
  const { outbox, posts } = scene();
  outbox.send(sent(1));
  outbox.send(demand(2, 5), PATIENCE);
  outbox.send(news(3), PATIENCE);
  expect(posts).toEqual([]);
  outbox.send(news(4));
  outbox.send(sent(1, 20));
  await Promise.resolve();
  expect(posts).toEqual([{ at: 0, messages: [sent(1), news(3), news(4), sent(1, 20), demand(2, 5)] }]);
});

it('frames of many plays are one piece, and the same frames again', () => {
  const frame = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.tuple(fc.nat(9), fc.array(frame, { maxLength: 5 })), fc.nat(9)), { minLength: 1, maxLength: 20 }), (story) => {
      const said = story.map((one): WireMessage => (typeof one === 'number' ? { type: 'complete', id: one } : { type: 'next', id: one[0], value: packFrames(one[1]) }));
      let batch: Batch = [];
      const outbox = new Outbox((posted) => (batch = posted));
      for (const message of said) outbox.send(message);
      outbox.flush();
      expect(messages(batch)).toEqual(said);
      const turns = story.filter((one, i) => typeof one === 'number' || i === 0 || typeof story[i - 1] === 'number');
      expect(batch).toHaveLength(turns.length);
    }),
  );
});

it('tells what was sent in time also where the play that began is heard of no more, and soon where frames are caught up with', async () => {
  const { outbox, posts, at } = scene();
  outbox.send(sent(1, 0));
  for (let ms = 20; ms <= 400; ms += 20) {
    await at(ms);
    outbox.send(sent(2, ms));
  }
  await at(1_000);
  // Posted 30 ms after its time without a look at the clock. The second play did not last until the end of the run that it began.
  expect(posts.map((post) => post.at)).toEqual([230, 470]);
  expect(posts.map((post) => post.messages.length)).toEqual([12, 9]);
  // Ten frames of the play that began the run are 200 ms of it, however fast they were sent.
  for (let frame = 0; frame <= 10; frame += 1) outbox.send(sent(3, frame * 20));
  await Promise.resolve();
  expect(posts.at(-1)).toEqual({ at: 1_000, messages: Array.from({ length: 11 }, (_, frame) => sent(3, frame * 20)) });
});
