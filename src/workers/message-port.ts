/** The wire over a port of `node:worker_threads`: what is said within one turn of the event loop goes as one message. */
import { Subject, Subscription, timer, type Observable } from 'rxjs';
import type { EnginePort, WireMessage } from '../engine/wire.js';
import { isSent, SentRun, sentMessages } from './sent-run.js';

/** What a Worker and a `parentPort` have in common. */
export interface Posting {
  postMessage(message: Batch): void;
  on(event: 'message', listener: (batch: Batch) => void): unknown;
}

/** Messages in their order; `sent` events among them as the numbers of a {@link SentRun}. */
export type Batch = readonly (WireMessage | Float64Array)[];

export interface EnginePortOptions {
  /** Errors when the other side is no more. */
  readonly lost$?: Observable<never>;
  /** ms that `sent` events may wait for others, where nothing else is to be said: each message wakes the other thread up. Default 0. */
  readonly sentEvery?: number;
}

export function enginePort(port: Posting, { lost$, sentEvery = 0 }: EnginePortOptions = {}): EnginePort {
  const messages$ = new Subject<WireMessage>();
  port.on('message', (batch) => {
    for (const message of batch) {
      if (!(message instanceof Float64Array)) messages$.next(message);
      else for (const sent of sentMessages(message)) messages$.next(sent);
    }
  });
  lost$?.subscribe({ error: (error: unknown) => messages$.error(error) });
  const outbox = new Outbox(port, sentEvery);
  return { messages$, send: (message) => outbox.send(message) };
}

class Outbox {
  readonly #port: Posting;
  readonly #sentEvery: number;
  #batch: (WireMessage | Float64Array)[] = [];
  readonly #run = new SentRun();
  /** Whether all goes at the end of this turn. */
  #going = false;
  #waiting = Subscription.EMPTY;

  constructor(port: Posting, sentEvery: number) {
    this.#port = port;
    this.#sentEvery = sentEvery;
  }

  send(message: WireMessage): void {
    if (isSent(message)) {
      this.#run.push(message);
      if (this.#sentEvery > 0) this.#wait();
      else this.#go();
      return;
    }
    this.#closeRun();
    this.#batch.push(message);
    this.#go();
  }

  #go(): void {
    if (this.#going) return;
    this.#going = true;
    queueMicrotask(() => this.#flush());
  }

  #wait(): void {
    if (this.#going || !this.#waiting.closed) return;
    this.#waiting = timer(this.#sentEvery).subscribe(() => this.#flush());
  }

  #closeRun(): void {
    if (!this.#run.empty) this.#batch.push(this.#run.take());
  }

  #flush(): void {
    this.#going = false;
    this.#waiting.unsubscribe();
    this.#closeRun();
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) this.#port.postMessage(batch);
  }
}
