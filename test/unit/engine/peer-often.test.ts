/** What a peer sends by the direct path, if its port has one, and by messages otherwise. */
import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { packFrames } from '../../../src/engine/frame-batch.js';
import { Peer } from '../../../src/engine/peer.js';
import type { FarSink } from '../../../src/engine/sink.js';
import type { EnginePort, Often, WireMessage } from '../../../src/engine/wire.js';

const SENT = { type: 'sent', sequence: 7, timestamp: 960, position: 20, bytes: 192 } as const;
const FRAMES = [new Uint8Array([1, 2]), new Uint8Array([3])];

/** One side with a request for one topic; its direct path may be full or missing. Records everything it sends, in order. */
function scene(way: 'short' | 'full' | 'none') {
  const said: unknown[] = [];
  const messages$ = new Subject<WireMessage>();
  let hear: (id: number, value: unknown) => void = () => undefined;
  let ask: (id: number, frames: number) => void = () => undefined;
  const short = (what: string) => (id: number, value: unknown): boolean => {
    if (way === 'short') said.push([what, id, value]);
    return way === 'short';
  };
  const often: Often = { sent: short('sent'), frames: short('frames'), listen: (next, demand) => void ([hear, ask] = [next, demand]) };
  const port: EnginePort = { messages$, send: (message) => void said.push(message), ...(way === 'none' ? {} : { often }) };
  let sink: FarSink | undefined;
  const asked: number[] = [];
  const peer = new Peer(port, (_, given) => {
    sink = given;
    return { demand: (frames) => void asked.push(frames), close: () => undefined };
  });
  messages$.next({ type: 'subscribe', id: 3, topic: { what: 'signals', session: 1 } });
  return { peer, sink: sink!, said, asked, messages$, hear: (id: number, value: unknown) => hear(id, value), ask: (id: number, frames: number) => ask(id, frames) };
}

it('says what there is of each frame by the short way, and all else by messages', () => {
  const { sink, said } = scene('short');
  for (const value of [{ type: 'started' }, SENT, null, 'sent', { ...SENT, type: 'suspended' }]) sink.next(value);
  sink.frames(FRAMES);
  expect(said).toEqual([
    { type: 'next', id: 3, value: { type: 'started' } },
    ['sent', 3, SENT],
    { type: 'next', id: 3, value: null },
    { type: 'next', id: 3, value: 'sent' },
    { type: 'next', id: 3, value: { ...SENT, type: 'suspended' } },
    ['frames', 3, FRAMES],
  ]);
});

it.each(['full', 'none'] as const)('says it by messages where there is no way for it: %s', (way) => {
  const { sink, said } = scene(way);
  sink.next(SENT);
  sink.frames(FRAMES);
  expect(said).toEqual([{ type: 'next', id: 3, value: SENT }, { type: 'next', id: 3, value: packFrames(FRAMES) }]); // prettier-ignore
});

it('says nothing any more of what has ended, was unsubscribed from, or is lost', () => {
  const endings: ((scenery: ReturnType<typeof scene>) => void)[] = [
    ({ sink }) => sink.complete(),
    ({ messages$ }) => messages$.next({ type: 'unsubscribe', id: 3 }),
    ({ messages$ }) => messages$.error(new Error('gone')),
  ];
  for (const end of endings) {
    const scenery = scene('short');
    end(scenery);
    const before = [...scenery.said];
    scenery.sink.next(SENT);
    scenery.sink.frames(FRAMES);
    expect(scenery.said).toEqual(before);
  }
});

it('hears what comes by the short way for as long as it listens', () => {
  const { peer, hear } = scene('short');
  const heard: unknown[] = [];
  const subscription = peer.observe$({ what: 'stats$', session: 1 }).subscribe((value) => heard.push(value));
  hear(1, SENT);
  hear(2, 'nobody asked');
  subscription.unsubscribe();
  hear(1, 'too late');
  expect(heard).toEqual([SENT]);
});

it('is asked for more by the short way, of what is not over', () => {
  const { asked, ask, messages$ } = scene('short');
  ask(3, 12);
  ask(4, 1);
  messages$.next({ type: 'demand', id: 3, frames: 2 });
  messages$.next({ type: 'unsubscribe', id: 3 });
  ask(3, 8);
  expect(asked).toEqual([12, 2]);
});
