/** A current value that replays, also after its end. */
import { Observable, Subject } from 'rxjs';

/**
 * Like a BehaviorSubject, with two differences. A subscriber after the end gets the last value, and then the completion. And a value that a listener
 * sets while it receives another one waits until all listeners have received that one: everybody gets all values in order.
 *
 * ```
 * set         a--b---(c|)
 * subscribed  ^                a--b---(c|)
 * later                  ^             (c|)
 * ```
 *
 * While nobody listens, it holds nothing but the value: a session has several of these, and usually nobody listens.
 */
export class Current<T> {
  #value: T;
  #told: T;
  readonly #first: (() => void) | undefined;
  #listeners: Subject<T> | undefined;
  /** Notifications that wait for the current one to finish; undefined while none is being delivered. */
  #waiting: (() => void)[] | undefined;
  #over = false;
  #ended = false;

  /** @param first called for each value that is set, before all listeners */
  constructor(value: T, first?: () => void) {
    this.#value = value;
    this.#told = value;
    this.#first = first;
  }

  /** The value that was set last. */
  get value(): T {
    return this.#value;
  }

  /** Emits the value that was delivered last, and then each value that is set. */
  get values$(): Observable<T> {
    return new Observable((subscriber) => {
      // Subscribes before the first emission, so that the subscriber also gets a value that it sets in response.
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
