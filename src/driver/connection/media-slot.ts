/**
 * What one Identify brings about and a resumed WebSocket leaves alone: the UDP socket, the keepalive, the end-to-end encrypted
 * call. It stands beside the WebSocket, and neither contains the other: a UDP socket acquired within the WebSocket's `switchMap`
 * would be closed by the very loss that a resume is to mend.
 */
import { Observable, Subject, Subscription, timer, type SchedulerLike } from 'rxjs';
import type { MediaTime } from '../../media/media-time.js';
import { operate } from '../../operate.js';
import type { ServerFrame } from '../../protocol/frames.js';
import type { Control } from './control.js';

export class MediaSlot implements MediaTime {
  /** Frames of the voice gateway, over every WebSocket that this media session sees. */
  readonly frames$ = new Subject<ServerFrame>();
  /**
   * Errors, one an emission, of what the slot holds, after it was acquired. Replays until `release`: a UDP socket may be lost while
   * nobody listens, between two WebSockets, and a resume onto a dead socket would be silence.
   */
  readonly faults$ = new Observable<unknown>((subscriber) => {
    if (this.#fault !== undefined) subscriber.next(this.#fault.error);
    return this.#faults$.subscribe(subscriber);
  });
  /** The same as an error, for the flow that ends with it. Emits nothing, and never completes. */
  readonly lost$ = new Observable<never>((subscriber) => {
    this.faults$.subscribe(operate<unknown, never>({ destination: subscriber, next: (error) => subscriber.error(error) }));
  });
  readonly #scheduler: SchedulerLike;
  readonly #faults$ = new Subject<unknown>();
  #fault: { readonly error: unknown } | undefined;
  #control: Control | undefined;
  readonly #held = new Subscription();

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** The WebSocket that there is now, resumed or about to be; undefined while there is none. */
  get control(): Control | undefined {
    return this.#control;
  }

  /** Whether it is over. */
  get released(): boolean {
    return this.#held.closed;
  }

  /** Lets a WebSocket feed this media session for as long as the returned subscription lives. */
  connect(control: Control): Subscription {
    this.#control = control;
    const subscription = control.frames$.subscribe((frame) => this.frames$.next(frame));
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
      const held$ = new Observable<T>((holder) => {
        this.#held.add(holder);
        if (!holder.closed) resource$.subscribe(holder);
      });
      held$.subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => (subscriber.closed ? this.fail(error) : subscriber.error(error)),
      });
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
    this.#held.unsubscribe();
  }
}
