/** The current value of something, for whoever asks, at whatever time. */
import { Observable, Subject } from 'rxjs';

/**
 * Like a BehaviorSubject, with two differences. Who subscribes after the end is given the last value, and then the completion. And a value
 * that is set by a listener of the one before waits until all have heard that one: everybody hears of everything in order.
 *
 * ```
 * set         a--b---(c|)
 * subscribed  ^                a--b---(c|)
 * later                  ^             (c|)
 * ```
 *
 * A value and no more while nobody listens: a session has several, and mostly nobody does.
 */
export class Current<T> {
  #value: T;
  #told: T;
  readonly #first: (() => void) | undefined;
  #listeners: Subject<T> | undefined;
  /** What is to be told when what is being told is; undefined while nothing is. */
  #waiting: (() => void)[] | undefined;
  #over = false;
  #ended = false;

  /** @param first is told of each value that is set, before all who listen */
  constructor(value: T, first?: () => void) {
    this.#value = value;
    this.#told = value;
    this.#first = first;
  }

  /** What was set last. */
  get value(): T {
    return this.#value;
  }

  /** What was told last, and from then on what is set. */
  get values$(): Observable<T> {
    return new Observable((subscriber) => {
      // Listens before it is told: what it sets in answer comes to it, too.
      if (!this.#ended) (this.#listeners ??= new Subject()).subscribe(subscriber);
      subscriber.next(this.#told);
      if (this.#ended) subscriber.complete();
    });
  }

  next(value: T): void {
    if (this.#over) return;
    this.#value = value;
    this.#tell(() => {
      this.#told = value;
      this.#first?.();
      this.#listeners?.next(value);
    });
  }

  complete(): void {
    this.#over = true;
    this.#tell(() => {
      this.#ended = true;
      this.#listeners?.complete();
    });
  }

  #tell(what: () => void): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(what);
      return;
    }
    const waiting = (this.#waiting = [what]);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) next();
    this.#waiting = undefined;
  }
}
