/** The wire over a port of `node:worker_threads`. */
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
  /** Errors when the other side is no more. */
  readonly lost$?: Observable<never>;
  /** ms that `sent` events may wait for others, where nothing else is to be said: each message wakes the other thread up. Default 0. */
  readonly sentEvery?: number;
  /** What the two sides share beside the port; `wake` posts a batch of nothing. */
  readonly beside?: (tell: Tell, wake: () => void) => Beside;
}

export interface FlushedPort extends EnginePort {
  /** All that waits to be said goes now. */
  flush(): void;
  /** For the time being nothing runs on the other side. */
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

/** Bytes: what is smaller is sooner copied than handed over. */
const LARGE = 4_096;

/** The memory of runs, which are made for one batch and used by nobody else: handed over, the frames of many plays are not copied on the way. */
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
