import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { packFrames } from '../../../src/engine/frame-batch.js';
import type { Batch } from '../../../src/engine/outbox.js';
import type { WireMessage } from '../../../src/engine/wire.js';
import { enginePort } from '../../../src/workers/message-port.js';

const frames = (id: number, count: number): WireMessage => ({ type: 'next', id, value: packFrames(Array.from({ length: count }, (_, i) => new Uint8Array(160).fill(i))) });
const sent = (id: number, position: number): WireMessage => ({ type: 'next', id, value: { type: 'sent', sequence: 1, timestamp: 960, position, bytes: 160 } });

/** A port that clones as those of threads do, and shows what the posting side still holds of each batch. */
function scene() {
  const posted: Batch[] = [];
  const arrived: WireMessage[] = [];
  const batches$ = new Subject<Batch>();
  const port = enginePort({
    postMessage: (batch, transfer) => {
      posted.push(batch);
      batches$.next(structuredClone(batch, { transfer: [...transfer] }));
    },
    on: (_, listener) => batches$.subscribe(listener),
  });
  port.messages$.subscribe((message) => arrived.push(message));
  return { port, posted, arrived };
}

it('hands over the memory of what is large, and copies what is small; both arrive as they were said', () => {
  const { port, posted, arrived } = scene();
  const said = [frames(1, 40), frames(2, 12), { type: 'complete', id: 1 } as const, frames(3, 2), ...Array.from({ length: 120 }, (_, i) => sent(4, i * 20)), frames(5, 1), sent(6, 0)];
  for (const message of said) port.send(message);
  port.flush();
  expect(arrived).toEqual(said);
  expect(posted).toHaveLength(1);
  const left = posted[0]!.map((piece) => (piece instanceof Float64Array ? piece.length : 'heads' in piece ? piece.bytes.length : 'said'));
  // 52 frames, a word, two frames, 120 events, a frame, an event.
  expect(left).toEqual([0, 'said', 320, 0, 160, 5]);
});

it('hands over nothing that its caller still has', () => {
  const { port } = scene();
  const mine = packFrames([new Uint8Array(8_000).fill(7)]);
  port.send({ type: 'next', id: 1, value: mine });
  port.flush();
  expect(mine.bytes).toEqual(new Uint8Array(8_000).fill(7));
});
