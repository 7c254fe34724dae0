/** Carries wire messages over a port of `node:worker_threads`. */
import { Subject, type Observable } from 'rxjs';
import { eachMessage, Outbox, type Batch } from '../engine/outbox.js';
import type { EnginePort, Often, WireMessage } from '../engine/wire.js';
import type { Beside, Tell } from './shared/line.js';

/** What a Worker and a `parentPort` have in common. */
export interface Posting {
  postMessage(message: Batch, transfer: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (batch: Batch) => void): unknown;
}

export interface EnginePortOptions {
  /** Errors when the other side is gone. */
  readonly lost$?: Observable<never>;
  /** ms that `sent` events may wait for others if nothing else is sent, because each message wakes the other thread. Default 0. */
  readonly sentEvery?: number;
  /** Makes the shared memory channel beside the port; `wake` posts an empty batch. */
  readonly beside?: (tell: Tell, wake: () => void) => Beside;
}

export interface FlushedPort extends EnginePort {
  /** Sends all waiting messages now. */
  flush(): void;
  /** To be called when nothing runs on the other side for now. */
  rest(): void;
}

export function enginePort(port: Posting, { lost$, sentEvery = 0, beside: share }: EnginePortOptions = {}): FlushedPort {
  const messages$ = new Subject<WireMessage>();
  const message = (arrived: WireMessage): void => messages$.next(arrived);
  const tell: Tell = { message, next: (id, value) => message({ type: 'next', id, value }), demand: (id, frames) => message({ type: 'demand', id, frames }) };
  const post = (batch: Batch): void => {
    beside?.publish();
    port.postMessage(batch, largeOf(batch));
    beside?.posted();
  };
  const beside = share?.(tell, () => post([]));
  port.on('message', (batch) => (beside === undefined ? eachMessage(batch, message) : beside.arrived(batch)));
  lost$?.subscribe({
    error: (error: unknown) => {
      beside?.rest();
      messages$.error(error);
    },
  });
  const outbox = new Outbox(post, { sentEvery, ...(beside === undefined ? {} : { beside: ({ id, frames }, patience) => beside.demand(id, frames, patience) }) });
  const often: Often | undefined = beside && {
    sent: (id, event) => outbox.empty && beside.sent(id, event),
    frames: (id, frames) => outbox.empty && beside.frames(id, frames),
    listen: (next, demand) => void Object.assign(tell, { next, demand }),
  };
  return {
    ...(often === undefined ? {} : { often }),
    messages$,
    send: (said, patience) => {
      beside?.look();
      outbox.send(said, patience);
    },
    flush: () => {
      beside?.publish();
      outbox.flush();
    },
    rest: () => beside?.rest(),
  };
}

/** Bytes. Copying a smaller buffer is faster than transferring it. */
const LARGE = 4_096;

/** The buffers of runs. They are made for one batch and used nowhere else, so they are transferred, and the frames of many plays are not copied. */
function largeOf(batch: Batch): readonly ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  const add = ({ buffer, byteLength }: Uint8Array | Float64Array): void => {
    if (byteLength >= LARGE) buffers.push(buffer as ArrayBuffer);
  };
  for (const piece of batch) {
    if (piece instanceof Float64Array) add(piece);
    else if ('heads' in piece) {
      add(piece.heads);
      add(piece.bytes);
    }
  }
  return buffers;
}
