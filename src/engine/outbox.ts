/** Combines what is sent within one turn of the event loop into one message: a message costs more than its contents, and wakes its receiver. */
import { Subscription, timer, type SchedulerLike } from 'rxjs';
import { steadyScheduler } from '../steady-scheduler.js';
import { DemandRun, tellDemands, type Demands } from './demand-run.js';
import { FrameRun, hasFrames, tellFrames, type Frames } from './frame-run.js';
import { isSent, SentRun, tellSent, type SentMessage } from './sent-run.js';
import type { WireMessage } from './wire.js';

/** Messages in order; frequent kinds are packed as the numbers and bytes of a run. */
export type Batch = readonly (WireMessage | Float64Array | Frames | Demands)[];

/** Unpacks a batch, and delivers its messages one by one. */
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
  /** How long `sent` events may wait for others, in ms, if nothing else is sent. Default 0. */
  readonly sentEvery?: number;
  /**
   * When everything else is sent: at the end of the microtask, or, where messages are expensive, after all microtasks that follow from it. Frames
   * from promises arrive in one microtask each. Default: the microtask.
   */
  readonly turn?: 'microtask' | 'macrotask';
  /** Takes a demand by a way that wakes nobody; it is called only if no earlier message waits. False: the demand goes in a batch. */
  readonly beside?: (demand: DemandMessage, patience: number) => boolean;
  readonly scheduler?: SchedulerLike;
}

/**
 * Waiting messages are checked when further ones arrive, as they do while something plays. If none arrive, a timer sends them this much later (ms).
 */
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
  /** Whether everything is sent at the end of this turn. */
  #going = false;
  /** When the run of `sent` events began, in ms of the scheduler. */
  #sentSince = 0;
  /** The latest time to send what waits. */
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

  /** @param patience how long it may wait for others, in ms; the order is kept */
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

  /** Sends everything that waits. */
  flush(): void {
    this.#going = false;
    this.#due = Infinity;
    this.#waiting.unsubscribe();
    this.#closeSent();
    this.#closeFrames();
    // Last: how the other side answers a demand depends on which frames it knows to be sent.
    if (!this.#demands.empty) this.#batch.push(this.#demands.take());
    const batch = this.#batch;
    this.#batch = [];
    this.#empty = true;
    if (batch.length > 0) this.#post(batch);
  }

  /**
   * Called fifty times a second for each play. The time is not read from the clock, but from the positions of the play that began the run, which is
   * paced.
   */
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

  /** @returns the time, or 0 if it was not read */
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
