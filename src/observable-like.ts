/** Observables that are not from this copy of RxJS: from another library, the platform, or another copy of RxJS. */
import { isObservable, Observable } from 'rxjs';

/**
 * What other libraries and the platform call an Observable: it has `subscribe`, which takes an observer and either returns an object with
 * `unsubscribe`, or stops when the `signal` in its options is aborted.
 */
export interface ObservableLike<T> {
  /** Subscribes, until the returned object is unsubscribed or `signal` is aborted. */
  subscribe(
    observer: { next(value: T): void; error(error: unknown): void; complete(): void },
    options?: { readonly signal: AbortSignal },
  ): unknown;
}

/**
 * Converts `input` to an Observable of RxJS; undefined if it is no Observable of any kind. An object with a method named `Symbol.observable`
 * (xstream, most, zen-observable, Effect, redux; RxJS itself) is asked for its Observable. An object that has only `subscribe` is the platform's
 * Observable or a similar one, which is stopped by an AbortSignal.
 *
 * RxJS' own `from()` is not used: it reads `Symbol.observable` when it is loaded, and a library that defines the symbol may be loaded later; it also
 * refuses the platform's Observable.
 */
export function toObservable<T>(input: unknown): Observable<T> | undefined {
  if (isObservable(input)) return input as Observable<T>;
  const like = behindSymbol(input) ?? input;
  if (isObservable(like)) return like as Observable<T>;
  return hasMethod(like, 'subscribe') ? adopted(like as unknown as ObservableLike<T>) : undefined;
}

/** Where `Symbol.observable` is not defined, libraries agree on this string. */
const AGREED = '@@observable';

function behindSymbol(input: unknown): unknown {
  const symbol = (Symbol as { readonly observable?: symbol }).observable;
  const name = [symbol, AGREED].find((key) => key !== undefined && hasMethod(input, key));
  return name === undefined ? undefined : (input as Record<PropertyKey, () => unknown>)[name]!();
}

function adopted<T>(like: ObservableLike<T>): Observable<T> {
  return new Observable((subscriber) => {
    const stop = new AbortController();
    subscriber.add(() => stop.abort());
    const subscription = like.subscribe(
      {
        next: (value) => subscriber.next(value),
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      },
      { signal: stop.signal },
    );
    if (hasMethod(subscription, 'unsubscribe')) return () => (subscription as unknown as { unsubscribe(): void }).unsubscribe();
    return undefined;
  });
}

function hasMethod(value: unknown, name: PropertyKey): boolean {
  const isHolder = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return isHolder && typeof (value as Record<PropertyKey, unknown>)[name] === 'function';
}
