/**
 * What one Identify brings about and a resumed WebSocket leaves alone: the UDP socket, the keepalive, the end-to-end encrypted
 * call. It stands beside the WebSocket, and neither contains the other: a UDP socket acquired within the WebSocket's `switchMap`
 * would be closed by the very loss that a resume is to mend.
 */
import { catchError, concat, NEVER, Observable, of, Subscriber, Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../../deadline.js';
import { guarded } from '../../edge.js';
import type { MediaTime } from '../../media/media-time.js';
import type { ServerFrame } from '../../protocol/frames.js';
import type { Control } from './control.js';

/** Who takes the frames of the voice gateway. */
export interface FrameReader {
  frame(frame: ServerFrame): void;
}

export class MediaSlot implements MediaTime {
  readonly #scheduler: SchedulerLike;
  #fault: { readonly error: unknown } | undefined;
  /** Who ends with the first thing that is lost. */
  #flow: Subscriber<never> | undefined;
  #control: Control | undefined;
  #reader: FrameReader | undefined;
  readonly #held = new Subscription();

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /**
   * Errors when something that the slot holds is lost, after it was acquired. Replays until `release`: a UDP socket may be lost while
   * nobody listens, between two WebSockets, and a resume onto a dead socket would be silence. For one flow at a time: the last to subscribe.
   */
  endWithLoss(flow: Subscriber<never>): void {
    if (this.#fault !== undefined) return flow.error(this.#fault.error);
    this.#flow = flow;
    flow.add(() => {
      if (this.#flow === flow) this.#flow = undefined;
    });
  }

  /** The same as a stream. */
  get lost$(): Observable<never> {
    return new Observable((subscriber) => this.endWithLoss(subscriber));
  }

  /** The same as a value, for who waits beside a flow that has ended. */
  get faults$(): Observable<unknown> {
    return this.lost$.pipe(catchError((error: unknown) => concat(of(error), NEVER)));
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

  /** Lets a WebSocket feed this media session, and another reader after it, for as long as the returned subscription lives. */
  connect(control: Control, another?: FrameReader): Subscription {
    this.#control = control;
    const subscription = control.frames$.subscribe((frame) => {
      this.#reader?.frame(frame);
      another?.frame(frame);
    });
    subscription.add(() => {
      if (this.#control === control) this.#control = undefined;
    });
    return subscription;
  }

  now(): number {
    return this.#scheduler.now();
  }

  after(ms: number, act: () => void): void {
    if (this.#held.closed) return;
    const timer = deadline(ms, this.#scheduler, () => {
      timer.unsubscribe();
      act();
    });
    this.keep(timer);
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

  /** Makes what lives until `release`, and ends with `life`; what that errors with is lost. After `release` nothing is made. */
  own<T>(make: (life: Subscriber<never>) => T): T | undefined {
    const life = new Holder<never>(this, undefined);
    this.#held.add(life);
    return life.closed ? undefined : make(life);
  }

  /** Something that the slot holds is lost. */
  fail(error: unknown): void {
    this.#fault = { error };
    this.#flow?.error(error);
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

  constructor(slot: MediaSlot, waiting: Subscriber<T> | undefined) {
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
