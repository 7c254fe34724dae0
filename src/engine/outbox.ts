/** What is said within one turn of the event loop, as one message: a message costs more than what is in it, and wakes who gets it. */
import { Subscription, timer, type SchedulerLike } from 'rxjs';
import { steadyScheduler } from '../steady-scheduler.js';
import { DemandRun, tellDemands, type Demands } from './demand-run.js';
import { FrameRun, hasFrames, tellFrames, type Frames } from './frame-run.js';
import { isSent, SentRun, tellSent, type SentMessage } from './sent-run.js';
import type { WireMessage } from './wire.js';

/** Messages in their order; those of which there are many as the numbers and bytes of a run. */
export type Batch = readonly (WireMessage | Float64Array | Frames | Demands)[];

/** Tells the messages of a batch one by one. */
export function eachMessage(batch: Batch, tell: (message: WireMessage) => void): void {
  for (const piece of batch) {
    if (piece instanceof Float64Array) tellSent(piece, tell);
    else if ('heads' in piece) tellFrames(piece, tell);
    else if ('demands' in piece) tellDemands(piece, tell);
    else tell(piece);
  }
}

type DemandMessage = Extract<WireMessage, { readonly type: 'demand' }>;

export interface OutboxOptions {
  /** ms that `sent` events may wait for others, where nothing else is to be said. Default 0. */
  readonly sentEvery?: number;
  /**
   * What is waited for otherwise: the end of the microtask, or that of all which follow from it, where a message is dear. Frames that come by
   * promises come in a microtask each. Default: the microtask.
   */
  readonly turn?: 'microtask' | 'macrotask';
  /** Takes a demand that is to wake nobody, and is asked where nothing waits that was said before it. False: it goes in a batch. */
  readonly beside?: (demand: DemandMessage, patience: number) => boolean;
  readonly scheduler?: SchedulerLike;
}

/** What waits is looked at when more comes, which it does while something plays: so much later (ms) it goes by a wake-up of its own. */
const GRACE_MS = 30;

export class Outbox {
  readonly #post: (batch: Batch) => void;
  readonly #sentEvery: number;
  readonly #later: (flush: () => void) => void;
  readonly #beside: OutboxOptions['beside'];
  readonly #scheduler: SchedulerLike;
  #batch: Batch[number][] = [];
  readonly #sent = new SentRun();
  readonly #frames = new FrameRun();
  readonly #demands = new DemandRun();
  #empty = true;
  /** Whether all goes at the end of this turn. */
  #going = false;
  /** ms of the clock at which the run of `sent` events began. */
  #sentSince = 0;
  /** When what waits is to go at the latest. */
  #due = Infinity;
  #waiting = Subscription.EMPTY;

  constructor(post: (batch: Batch) => void, { sentEvery = 0, turn = 'microtask', beside, scheduler = steadyScheduler }: OutboxOptions = {}) {
    this.#later = turn === 'microtask' ? (flush) => queueMicrotask(flush) : (flush) => void setImmediate(flush);
    this.#post = post;
    this.#sentEvery = sentEvery;
    this.#beside = beside;
    this.#scheduler = scheduler;
  }

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#empty;
  }

  /** @param patience ms that it may wait for others, in its place among them */
  send(message: WireMessage, patience = 0): void {
    if (message.type === 'demand' && this.#empty && this.#beside?.(message, patience) === true) return;
    this.#empty = false;
    if (isSent(message)) return this.#tellSent(message);
    if (message.type === 'demand') {
      const known = this.#demands.has(message.id);
      this.#demands.add(message.id, message.frames);
      if (!known || patience === 0) this.#within(patience);
      return;
    }
    this.#closeSent();
    if (hasFrames(message)) this.#frames.push(message);
    else {
      this.#closeFrames();
      this.#batch.push(message);
    }
    this.#within(patience);
  }

  /** All that waits goes now. */
  flush(): void {
    this.#going = false;
    this.#due = Infinity;
    this.#waiting.unsubscribe();
    this.#closeSent();
    this.#closeFrames();
    // Last: what the other side makes of a demand depends on what it knows to be sent.
    if (!this.#demands.empty) this.#batch.push(this.#demands.take());
    const batch = this.#batch;
    this.#batch = [];
    this.#empty = true;
    if (batch.length > 0) this.#post(batch);
  }

  /** Fifty times a second of each play: what time it is by then is told by the frames of the play that began the run, as they are paced. */
  #tellSent(message: SentMessage): void {
    if (this.#sent.empty) {
      this.#sent.push(message);
      this.#sentSince = this.#within(this.#sentEvery);
    } else if (this.#sentSince + this.#sent.push(message) >= this.#due) this.#go();
  }

  #go(): void {
    if (this.#going) return;
    this.#going = true;
    this.#later(() => this.flush());
  }

  /** @returns the time, where it was looked at */
  #within(ms: number): number {
    if (this.#going) return 0;
    if (ms === 0) {
      this.#go();
      return 0;
    }
    const now = this.#scheduler.now();
    if (now >= this.#due) this.#go();
    else if (now + ms < this.#due) {
      this.#due = now + ms;
      this.#waiting.unsubscribe();
      this.#waiting = timer(ms + GRACE_MS, this.#scheduler).subscribe(() => this.flush());
    }
    return now;
  }

  #closeSent(): void {
    if (this.#sent.empty) return;
    this.#closeFrames();
    this.#batch.push(this.#sent.take());
  }

  #closeFrames(): void {
    if (!this.#frames.empty) this.#batch.push(this.#frames.take());
  }
}
