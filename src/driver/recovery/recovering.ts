/** A flow that lives again and again. */
import { Observable, type MonoTypeOperatorFunction, type Subscriber } from 'rxjs';
import { operate, type Operation } from '../../operate.js';

/**
 * Subscribes anew after an error, when what `recover` makes of it first emits; errors with what that errors with. It is `retry` with a `delay`,
 * and one subscriber for the life of the source.
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

/** A source that lives again and again. */
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
    // Gone before the next, also where that begins within its last word.
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
