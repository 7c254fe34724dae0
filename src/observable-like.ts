/** Observables that are not of RxJS: of another library, of the platform, of another copy of RxJS. */
import { isObservable, Observable } from 'rxjs';

/**
 * What other libraries and the platform call an Observable: it has `subscribe`, which takes an observer and gives what `unsubscribe` is
 * called on, or else stops by the `signal` among its options.
 */
export interface ObservableLike<T> {
  /** Follows it, until what this returns is unsubscribed or `signal` is aborted. */
  subscribe(
    observer: { next(value: T): void; error(error: unknown): void; complete(): void },
    options?: { readonly signal: AbortSignal },
  ): unknown;
}

/**
 * As an Observable of RxJS; undefined for what is none of any kind. What has a method by the name of `Symbol.observable` (xstream, most,
 * zen-observable, Effect, redux; RxJS itself) is asked for it. What has `subscribe` alone is the platform's Observable or one like it, which is
 * stopped by an AbortSignal.
 *
 * Not RxJS' own `from()`: it knows the symbol that there was when it was loaded, and a library that brings `Symbol.observable` may be
 * loaded after it; and it refuses the platform's.
 */
export function toObservable<T>(input: unknown): Observable<T> | undefined {
  if (isObservable(input)) return input as Observable<T>;
  const like = behindSymbol(input) ?? input;
  if (isObservable(like)) return like as Observable<T>;
  return hasMethod(like, 'subscribe') ? adopted(like as unknown as ObservableLike<T>) : undefined;
}

/** Until `Symbol.observable` is a symbol, libraries agree on a string. */
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
