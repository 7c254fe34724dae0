/** Resubscribes to a flow after errors. */
import { Observable, type MonoTypeOperatorFunction, type Subscriber } from 'rxjs';
import { operate, type Operation } from '../../operate.js';

/**
 * Subscribes again after an error, as soon as the Observable that `recover` returns emits; if that errors, the result errors with the same error.
 * Like `retry` with a `delay`, but with one subscriber per subscription to the source.
 *
 * ```
 * source   --a--#            --b--
 * recover       -----x
 * result   --a---------b--
 * ```
 */
export function recovering<T>(recover: (error: unknown) => Observable<unknown>): MonoTypeOperatorFunction<T> {
  return (source) => new Observable((subscriber) => new Lives(source, subscriber, recover).begin());
}

/** A source that is subscribed to again and again. */
class Lives<T> implements Operation<T, T> {
  readonly destination: Subscriber<T>;
  readonly #source: Observable<T>;
  readonly #recover: (error: unknown) => Observable<unknown>;
  #life: Subscriber<T> | undefined;

  constructor(source: Observable<T>, destination: Subscriber<T>, recover: (error: unknown) => Observable<unknown>) {
    this.destination = destination;
    this.#source = source;
    this.#recover = recover;
  }

  begin(): void {
    // The old subscription ends before the next one begins, even if that begins within its error notification.
    this.#life?.unsubscribe();
    this.#life = operate<T>(this);
    this.#source.subscribe(this.#life);
  }

  error(error: unknown): void {
    const next = (): void => {
      waiting.unsubscribe();
      this.begin();
    };
    const waiting = operate<unknown, T>({ destination: this.destination, next });
    this.#recover(error).subscribe(waiting);
  }
}
