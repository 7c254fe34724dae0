/** What is said within one turn of the event loop, as one message: a message costs more than what is in it. */
import { Subscription, timer } from 'rxjs';
import { isSent, SentRun, sentMessages } from './sent-run.js';
import type { WireMessage } from './wire.js';

/** Messages in their order; `sent` events among them as the numbers of a {@link SentRun}. */
export type Batch = readonly (WireMessage | Float64Array)[];

/** The messages of a batch, one by one. */
export function* messagesOf(batch: Batch): Generator<WireMessage, void> {
  for (const message of batch) {
    if (message instanceof Float64Array) yield* sentMessages(message);
    else yield message;
  }
}

export class Outbox {
  readonly #post: (batch: Batch) => void;
  readonly #sentEvery: number;
  readonly #later: (flush: () => void) => void;
  #batch: (WireMessage | Float64Array)[] = [];
  readonly #run = new SentRun();
  /** Whether all goes at the end of this turn. */
  #going = false;
  #waiting = Subscription.EMPTY;

  /**
   * @param sentEvery ms that `sent` events may wait for others, where nothing else is to be said
   * @param turn what is waited for: the end of the microtask, or that of all which follow from it, where a message is dear. Frames that come by
   *   promises come in a microtask each
   */
  constructor(post: (batch: Batch) => void, sentEvery: number, turn: 'microtask' | 'macrotask' = 'microtask') {
    this.#later = turn === 'microtask' ? (flush) => queueMicrotask(flush) : (flush) => void setImmediate(flush);
    this.#post = post;
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

  /** All that waits goes now. */
  flush(): void {
    this.#going = false;
    this.#waiting.unsubscribe();
    this.#closeRun();
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) this.#post(batch);
  }

  #go(): void {
    if (this.#going) return;
    this.#going = true;
    this.#later(() => this.flush());
  }

  #wait(): void {
    if (this.#going || !this.#waiting.closed) return;
    this.#waiting = timer(this.#sentEvery).subscribe(() => this.flush());
  }

  #closeRun(): void {
    if (!this.#run.empty) this.#batch.push(this.#run.take());
  }
}
