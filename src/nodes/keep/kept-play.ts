/** A play that goes on while its listener is gone, and that another listener may take over. */
import { Subscription, type Observable, type Subscriber } from 'rxjs';
import type { FrameDescription } from '../../frames/description.js';
import type { PlayEnd, PlayEvent } from '../../types.js';

/** How many frame positions are remembered. The next listener starts at one within the last second before the former listener went. */
const PLACES = 50;

/** The listener of a play. */
export interface PlayListener {
  readonly subscriber: Subscriber<PlayEvent>;
  readonly onEnd: ((end: PlayEnd) => void) | undefined;
}

export class KeptPlay {
  /** The source that it plays. */
  readonly description: FrameDescription;
  readonly #subscription = new Subscription();
  #listener: PlayListener | undefined;
  /** The ms and the frames of the play before the position where the current listener's count starts. */
  #before = { position: 0, frames: 0 };
  #frames = 0;
  /** Where each of the latest frames began, in ms. Not updated while there is no listener. */
  #places: number[] = [];
  #framesThen = 0;
  /** Repeated to the next listener: that the play has started, and how it has ended. */
  #started = false;
  #end: PlayEnd | undefined;
  #isOver = false;
  #last: ((subscriber: Subscriber<PlayEvent>) => void) | undefined;

  /** @param begin starts the play; calls `onEnd` before the last notification */
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

  /** Whether the play has ended. */
  get over(): boolean {
    return this.#isOver;
  }

  /** Whether it plays the same source. The start position is not compared: a new listener of a running play wants it to go on. */
  is({ input, from, options }: FrameDescription): boolean {
    const own = this.description;
    return own.input === input && own.from === from && same(own.options, options);
  }

  /** Removes the listener. */
  leave(): void {
    this.#listener = undefined;
    this.#framesThen = this.#frames;
  }

  /** Sets the next listener. `start` is the position in the media where its count of ms begins. */
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

/** Whether both have the same values by name, in any order; undefined counts as absent. */
function same(a: FrameDescription['options'], b: FrameDescription['options']): boolean {
  const values = { ...b } as Readonly<Record<string, unknown>>;
  const own = Object.entries(a).filter(([, value]) => value !== undefined);
  return own.every(([name, value]) => values[name] === value) && own.length === Object.values(values).filter((value) => value !== undefined).length;
}
