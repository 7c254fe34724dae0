/**
 * Holds what an Identify creates and a resume of the WebSocket keeps: the UDP socket, the keepalive, the end-to-end encrypted
 * call. It is not contained in the WebSocket, nor the WebSocket in it: a UDP socket acquired within the WebSocket's `switchMap`
 * would be closed when the WebSocket is lost, and a resume would have nothing to resume.
 */
import { catchError, concat, NEVER, Observable, of, Subscriber, Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../../deadline.js';
import { guarded } from '../../edge.js';
import type { MediaTime } from '../../media/media-time.js';
import type { ServerFrame } from '../../protocol/frames.js';
import type { Control } from './control.js';

/** Takes the frames of the voice gateway. */
export interface FrameReader {
  frame(frame: ServerFrame): void;
}

export class MediaSlot implements MediaTime {
  readonly #scheduler: SchedulerLike;
  #fault: { readonly error: unknown } | undefined;
  /** Is ended with the first error of anything that the slot holds. */
  #flow: Subscriber<never> | undefined;
  #control: Control | undefined;
  #reader: FrameReader | undefined;
  readonly #held = new Subscription();

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /**
   * Errors `flow` when something that the slot holds is lost after it was acquired. Replays until `release`: a UDP socket may be lost between
   * two WebSockets, while nobody listens, and a session resumed on a dead socket would be silent. Only the latest flow is told.
   */
  endWithLoss(flow: Subscriber<never>): void {
    if (this.#fault !== undefined) return flow.error(this.#fault.error);
    this.#flow = flow;
    flow.add(() => {
      if (this.#flow === flow) this.#flow = undefined;
    });
  }

  /** The same as an Observable. */
  get lost$(): Observable<never> {
    return new Observable((subscriber) => this.endWithLoss(subscriber));
  }

  /** Emits the error as a value, for code that waits after a flow has ended. */
  get faults$(): Observable<unknown> {
    return this.lost$.pipe(catchError((error: unknown) => concat(of(error), NEVER)));
  }

  /** The current WebSocket, resumed or about to be; undefined while there is none. */
  get control(): Control | undefined {
    return this.#control;
  }

  /** Whether the media session is over. */
  get released(): boolean {
    return this.#held.closed;
  }

  /** Passes the frames of the voice gateway to `reader`, from every WebSocket of this media session, until the release. */
  read(reader: FrameReader): void {
    if (!this.#held.closed) this.#reader = reader;
  }

  /** Passes the frames of a WebSocket to this media session, and then to another reader, until the returned subscription is unsubscribed. */
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
   * Acquires a resource for the slot. The Observable emits what the resource emits, but does not own it: the resource lives until
   * `release`. Its errors go to the subscriber, or, once that has gone, to `faults$`. After `release` nothing is acquired.
   */
  hold<T>(resource$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      if (subscriber.closed) return;
      // Added before the resource is subscribed to, so that a release also stops an acquisition under way.
      const holder = new Holder(this, subscriber);
      this.#held.add(holder);
      if (!holder.closed) resource$.subscribe(holder);
      return () => holder.leave();
    });
  }

  /** Makes something that lives until `release`, or until `life` ends; an error of `life` counts as a loss. After `release` nothing is made. */
  own<T>(make: (life: Subscriber<never>) => T): T | undefined {
    const life = new Holder<never>(this, undefined);
    this.#held.add(life);
    return life.closed ? undefined : make(life);
  }

  /** Something that the slot holds was lost. */
  fail(error: unknown): void {
    this.#fault = { error };
    this.#flow?.error(error);
  }

  /** Unsubscribes something when the media session ends. */
  keep(subscription: Subscription): void {
    this.#held.add(subscription);
  }

  /** Releases everything for good: the next Identify gets its own slot. Whatever is passed to `keep` from now on is unsubscribed at once. */
  release(): void {
    this.#fault = undefined;
    this.#reader = undefined;
    this.#held.unsubscribe();
  }
}

/** Holds a resource, and its subscriber while there is one: the resource outlives its handshake, and must not keep that in memory. */
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
