/** The wire over a port of `node:worker_threads`: all that is said within one turn of the event loop goes as one message. */
import { Observable, Subject } from 'rxjs';
import type { EnginePort, WireMessage } from '../engine/wire.js';

/** What a Worker and a `parentPort` have in common. */
export interface Posting {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (batch: readonly WireMessage[]) => void): unknown;
}

/** @param lost$ errors when the other side is no more */
export function enginePort(port: Posting, lost$: Observable<never>): EnginePort {
  const messages$ = new Subject<WireMessage>();
  port.on('message', (batch) => {
    for (const message of batch) messages$.next(message);
  });
  lost$.subscribe({ error: (error: unknown) => messages$.error(error) });
  let batch: WireMessage[] = [];
  const flush = (): void => {
    const full = batch;
    batch = [];
    port.postMessage(full);
  };
  return {
    messages$,
    send: (message) => {
      // A tick of the clock says something of each session: one clone of all is far cheaper than one of each.
      if (batch.push(message) === 1) queueMicrotask(flush);
    },
  };
}
