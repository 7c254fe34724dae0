/**
 * What one Identify brings about and a resumed WebSocket leaves alone: the UDP socket, the keepalive, the end-to-end encrypted
 * call. It stands beside the WebSocket, and neither contains the other: a UDP socket acquired within the WebSocket's `switchMap`
 * would be closed by the very loss that a resume is to mend.
 */
import { Observable, Subject, Subscriber, Subscription, timer, type SchedulerLike } from 'rxjs';
import { guarded } from '../../edge.js';
import type { MediaTime } from '../../media/media-time.js';
import { listen } from '../../operate.js';
import type { ServerFrame } from '../../protocol/frames.js';
import type { Control } from './control.js';

/** Who takes the frames of the voice gateway. */
export interface FrameReader {
  frame(frame: ServerFrame): void;
}

export class MediaSlot implements MediaTime {
  readonly #scheduler: SchedulerLike;
  readonly #faults$ = new Subject<unknown>();
  #fault: { readonly error: unknown } | undefined;
  #control: Control | undefined;
  #reader: FrameReader | undefined;
  readonly #held = new Subscription();

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /**
   * Errors, one an emission, of what the slot holds, after it was acquired. Replays until `release`: a UDP socket may be lost while
   * nobody listens, between two WebSockets, and a resume onto a dead socket would be silence.
   */
  get faults$(): Observable<unknown> {
    return new Observable((subscriber) => {
      if (this.#fault !== undefined) subscriber.next(this.#fault.error);
      return this.#faults$.subscribe(subscriber);
    });
  }

  /** The same as an error, for the flow that ends with it. Emits nothing, and never completes. */
  get lost$(): Observable<never> {
    return new Observable((subscriber) => listen(this.faults$, subscriber, (error) => subscriber.error(error)));
  }

  /** The WebSocket that there is now, resumed or about to be; undefined while there is none. */
  get control(): Control | undefined {
    return this.#control;
  }

  /** Whether it is over. */
  get released(): boolean {
    return this.#held.closed;
  }

  /** Gives somebody the frames of the voice gateway, over every WebSocket that this media session sees, until the release. */
  read(reader: FrameReader): void {
    if (!this.#held.closed) this.#reader = reader;
  }

  /** Lets a WebSocket feed this media session for as long as the returned subscription lives. */
  connect(control: Control): Subscription {
    this.#control = control;
    const subscription = control.frames$.subscribe((frame) => this.#reader?.frame(frame));
    subscription.add(() => {
      if (this.#control === control) this.#control = undefined;
    });
    return subscription;
  }

  now(): number {
    return this.#scheduler.now();
  }

  after(ms: number, act: () => void): void {
    if (!this.#held.closed) this.keep(timer(ms, this.#scheduler).subscribe(act));
  }

  /**
   * Acquires a resource for the slot. The Observable hands on what the resource emits while somebody waits for it, but does not
   * own it: the resource lives until `release`. Its errors go to who waits, afterwards to `faults$`. After `release` nothing is acquired.
   */
  hold<T>(resource$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      if (subscriber.closed) return;
      // Ours before the resource is subscribed to: the release reaches it also while it is being acquired.
      const holder = new Holder(this, subscriber);
      this.#held.add(holder);
      if (!holder.closed) resource$.subscribe(holder);
      return () => holder.leave();
    });
  }

  /** Something that the slot holds is lost. */
  fail(error: unknown): void {
    this.#fault = { error };
    this.#faults$.next(error);
  }

  /** Lets something live for as long as the media session does. */
  keep(subscription: Subscription): void {
    this.#held.add(subscription);
  }

  /** Releases everything, for good: another Identify has a slot of its own. What is given to it to keep from here on is let go of at once. */
  release(): void {
    this.#fault = undefined;
    this.#reader = undefined;
    this.#held.unsubscribe();
  }
}

/** Holds a resource, and knows who waits for it for as long as somebody does: the resource outlives a handshake, and is not to keep it. */
class Holder<T> extends Subscriber<T> {
  readonly #slot: MediaSlot;
  #waiting: Subscriber<T> | undefined;

  constructor(slot: MediaSlot, waiting: Subscriber<T>) {
    super();
    this.#slot = slot;
    this.#waiting = waiting;
  }

  /** Nobody waits any more. */
  leave(): void {
    this.#waiting = undefined;
  }

  protected override _next(value: T): void {
    guarded(() => this.#waiting?.next(value));
  }

  protected override _error(error: unknown): void {
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.closed) this.#slot.fail(error);
    else guarded(() => waiting.error(error));
    this.unsubscribe();
  }
}
