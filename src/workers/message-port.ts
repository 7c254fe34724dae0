/** The wire over a port of `node:worker_threads`. */
import { Subject, type Observable } from 'rxjs';
import { eachMessage, Outbox, type Batch } from '../engine/outbox.js';
import type { EnginePort, WireMessage } from '../engine/wire.js';

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
}

/** The port, and all that waits to be said, now. */
export interface FlushedPort extends EnginePort {
  flush(): void;
}

export function enginePort(port: Posting, { lost$, sentEvery = 0 }: EnginePortOptions = {}): FlushedPort {
  const messages$ = new Subject<WireMessage>();
  port.on('message', (batch) => eachMessage(batch, (message) => messages$.next(message)));
  lost$?.subscribe({ error: (error: unknown) => messages$.error(error) });
  const outbox = new Outbox((batch) => port.postMessage(batch, largeOf(batch)), { sentEvery });
  return { messages$, send: (message, patience) => outbox.send(message, patience), flush: () => outbox.flush() };
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
