/** Carries the wire messages of an engine over a link. */
import { Subject } from 'rxjs';
import { EngineLostError } from '../../errors.js';
import { eachMessage, Outbox, type Batch } from '../../engine/outbox.js';
import type { EnginePort, WireMessage } from '../../engine/wire.js';
import { decodeValue, encodeValue } from './codec.js';
import type { Link } from './link.js';

/** @param sentEvery ms for which `sent` events may wait for others if there is nothing else to send */
export function linkPort(link: Link, sentEvery: number): EnginePort {
  const messages$ = new Subject<WireMessage>();
  link.payloads$.subscribe({
    next: (payload) => {
      let batch: Batch;
      try {
        batch = decodeValue(payload) as Batch;
      } catch (error) {
        // The payload cannot be decoded, so the following ones cannot be trusted either.
        return link.lose(new EngineLostError('the other side sent what is no message: install the same rxvoice on both sides', error));
      }
      eachMessage(batch, (message) => messages$.next(message));
    },
    error: (error: unknown) => messages$.error(error),
  });
  const outbox = new Outbox((batch) => link.send(encodeValue(batch)), { sentEvery, turn: 'macrotask' });
  return { messages$, send: (message, patience) => outbox.send(message, patience) };
}
