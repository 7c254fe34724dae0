/** A play whose listener may be gone for a while, and be followed by another. */
import { Subscription, type Observable, type Subscriber } from 'rxjs';
import type { FrameDescription } from '../../frames/description.js';
import type { PlayEnd, PlayEvent } from '../../types.js';

/** Places in a play that are remembered: who follows asks for one of the last second before the listener went. */
const PLACES = 50;

/** Who listens to a play. */
export interface PlayListener {
  readonly subscriber: Subscriber<PlayEvent>;
  readonly onEnd: ((end: PlayEnd) => void) | undefined;
}

export class KeptPlay {
  /** What it plays. */
  readonly description: FrameDescription;
  readonly #subscription = new Subscription();
  #listener: PlayListener | undefined;
  /** ms, and frames, before what the listener has heard of. */
  #before = { position: 0, frames: 0 };
  #frames = 0;
  /** Of the latest frames: where each began, in ms. Stands still while nobody listens. */
  #places: number[] = [];
  #framesThen = 0;
  /** What is still to be told: that it has begun, and how it has ended. */
  #started = false;
  #end: PlayEnd | undefined;
  #isOver = false;
  #last: ((subscriber: Subscriber<PlayEvent>) => void) | undefined;

  /** @param begin plays; told of the end before the last notification */
  constructor(description: FrameDescription, listener: PlayListener, begin: (onEnd: (end: PlayEnd) => void) => Observable<PlayEvent>) {
    this.description = description;
    this.#listener = listener;
    const events$ = begin((end) => this.#ended(end));
    this.#subscription.add(
      events$.subscribe({
        next: (event) => this.#hear(event),
        error: (error: unknown) => this.#over((subscriber) => subscriber.error(error)),
        complete: () => this.#over((subscriber) => subscriber.complete()),
      }),
    );
  }

  /** Whether it has come to its end. */
  get over(): boolean {
    return this.#isOver;
  }

  /** Plays the same, wherever that is to begin: who comes to a play that runs wants it to go on. */
  is({ input, from, options }: FrameDescription): boolean {
    const own = this.description;
    return own.input === input && own.from === from && same(own.options, options);
  }

  /** Nobody listens. */
  leave(): void {
    this.#listener = undefined;
    this.#framesThen = this.#frames;
  }

  /** Who follows, and where his own count of ms begins in what is played. */
  follow(listener: PlayListener, start: number): void {
    this.#listener = listener;
    const position = start - this.description.start;
    const known = this.#places.filter((place) => place >= position).length;
    this.#before = { position, frames: position <= 0 ? 0 : this.#framesThen - known };
    this.#places = [];
    const { subscriber, onEnd } = listener;
    if (this.#started) subscriber.next({ type: 'started' });
    if (this.#end !== undefined) onEnd?.(this.#end);
    this.#last?.(subscriber);
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }

  #hear(event: PlayEvent): void {
    const listener = this.#listener;
    if (event.type === 'started') this.#started = true;
    else if (event.type === 'sent') return this.#sent(event);
    else if (event.type === 'finished') {
      this.#last = (subscriber) => subscriber.next({ ...event, frames: event.frames - this.#before.frames });
      if (listener !== undefined) this.#last(listener.subscriber);
      return;
    }
    listener?.subscriber.next(event);
  }

  #sent(event: Extract<PlayEvent, { readonly type: 'sent' }>): void {
    this.#frames += 1;
    if (this.#listener === undefined) return;
    this.#places.push(event.position);
    if (this.#places.length > PLACES) this.#places.shift();
    this.#listener.subscriber.next({ ...event, position: event.position - this.#before.position });
  }

  #ended(end: PlayEnd): void {
    this.#end = end;
    this.#listener?.onEnd?.(end);
  }

  #over(tell: (subscriber: Subscriber<PlayEvent>) => void): void {
    this.#isOver = true;
    const before = this.#last;
    this.#last = (subscriber) => {
      before?.(subscriber);
      tell(subscriber);
    };
    if (this.#listener !== undefined) tell(this.#listener.subscriber);
  }
}

/** Plain values by their names, in whatever order they were written. */
function same(a: FrameDescription['options'], b: FrameDescription['options']): boolean {
  const values = { ...b } as Readonly<Record<string, unknown>>;
  const own = Object.entries(a).filter(([, value]) => value !== undefined);
  return own.every(([name, value]) => values[name] === value) && own.length === Object.values(values).filter((value) => value !== undefined).length;
}
