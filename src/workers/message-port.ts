/** The wire over a port of `node:worker_threads`. */
import { Subject, type Observable } from 'rxjs';
import { eachMessage, Outbox, type Batch } from '../engine/outbox.js';
import type { EnginePort, WireMessage } from '../engine/wire.js';
import type { Beside } from './shared/line.js';

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
  readonly beside?: (tell: (message: WireMessage) => void, wake: () => void) => Beside;
}

export interface FlushedPort extends EnginePort {
  /** All that waits to be said goes now. */
  flush(): void;
  /** For the time being nothing runs on the other side. */
  rest(): void;
}

export function enginePort(port: Posting, { lost$, sentEvery = 0, beside: share }: EnginePortOptions = {}): FlushedPort {
  const messages$ = new Subject<WireMessage>();
  const tell = (message: WireMessage): void => messages$.next(message);
  const post = (batch: Batch): void => {
    port.postMessage(batch, largeOf(batch));
    beside?.posted();
  };
  const beside = share?.(tell, () => post([]));
  port.on('message', (batch) => (beside === undefined ? eachMessage(batch, tell) : beside.arrived(batch)));
  lost$?.subscribe({
    error: (error: unknown) => {
      beside?.rest();
      messages$.error(error);
    },
  });
  const outbox = new Outbox(post, { sentEvery, ...(beside === undefined ? {} : { beside: (message, patience) => beside.takes(message, patience) }) });
  return {
    messages$,
    send: (message, patience) => {
      beside?.look();
      outbox.send(message, patience);
    },
    flush: () => outbox.flush(),
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
