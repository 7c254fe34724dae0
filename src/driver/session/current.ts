/** The current value of something, for whoever asks, at whatever time. */
import { ReplaySubject } from 'rxjs';

/**
 * Like a BehaviorSubject, with two differences. Who subscribes after the end is given the last value, and then the completion. And a value
 * that is set by a listener of the one before waits until all have heard that one: everybody hears of everything in order.
 *
 * ```
 * set         a--b---(c|)
 * subscribed  ^                a--b---(c|)
 * later                  ^             (c|)
 * ```
 */
export class Current<T> extends ReplaySubject<T> {
  #value: T;
  #waiting: (() => void)[] = [];
  #telling = false;
  #over = false;

  constructor(value: T) {
    super(1);
    this.#value = value;
    super.next(value);
  }

  /** What was set last. */
  get value(): T {
    return this.#value;
  }

  override next(value: T): void {
    if (this.#over) return;
    this.#value = value;
    this.#tell(() => super.next(value));
  }

  override complete(): void {
    this.#over = true;
    this.#tell(() => super.complete());
  }

  #tell(what: () => void): void {
    this.#waiting.push(what);
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) next();
    this.#telling = false;
  }
}
