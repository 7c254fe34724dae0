/**
 * Our own operators, with one subscriber each. Every session pays for each subscriber that lives while it is ready, and a subscriber of RxJS'
 * operators takes half a KB to one KB: three closures, their contexts, and the Observables that `catchError` and `merge` keep to subscribe again.
 */
import { Observable, Subscriber, type OperatorFunction } from 'rxjs';

/**
 * What a subscriber does with each notification; one without a handler is passed on unchanged. The handlers are called as methods, so a long-lived
 * operation may be an instance of a class.
 */
export interface Operation<In, Out> {
  /** The subscriber that receives the results; the operation ends with it. */
  readonly destination: Subscriber<Out>;
  /** An exception thrown here becomes an error of the destination. */
  next?(value: In): void;
  /** Replaces the destination's `error`: if this does not call it, the error is swallowed. */
  error?(error: unknown): void;
  /** Replaces the destination's `complete`, in the same way. */
  complete?(): void;
}

/**
 * A subscriber between a source and a destination, for `source.subscribe(operate({ … }))`. It is added to the destination before the source is
 * subscribed to, so that unsubscribing during `subscribe` reaches the source. RxJS 8 exports a function of this name and form.
 */
export function operate<In, Out = In>(operation: Operation<In, Out>): Subscriber<In> {
  return new OperationSubscriber(operation);
}

/**
 * Listens to a source for as long as the destination lives, in addition to what the destination receives otherwise. An error goes to the destination;
 * a completion only ends the listening.
 */
export function listen<T>(source$: Observable<T>, destination: Subscriber<unknown>, next: (value: T) => void = nothing): void {
  source$.subscribe(operate<T, unknown>({ destination, next, complete: nothing }));
}

const nothing = (): void => undefined;

/** Exported only for subclasses; use {@link operate} otherwise. */
export class OperationSubscriber<In, Out> extends Subscriber<In> {
  readonly #operation: Operation<In, Out>;

  constructor(operation: Operation<In, Out>) {
    super(operation.destination);
    this.#operation = operation;
  }

  protected override _next(value: In): void {
    const operation = this.#operation;
    if (operation.next === undefined) return super._next(value);
    try {
      operation.next(value);
    } catch (error) {
      operation.destination.error(error);
    }
  }

  protected override _error(error: unknown): void {
    const operation = this.#operation;
    if (operation.error === undefined) return super._error(error);
    this.#last(() => operation.error!(error));
  }

  protected override _complete(): void {
    const operation = this.#operation;
    if (operation.complete === undefined) return super._complete();
    this.#last(() => operation.complete!());
  }

  #last(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#operation.destination.error(error);
    } finally {
      this.unsubscribe();
    }
  }
}

/**
 * Maps the single value of the source to a stream, while the source may live on: an error of the source errors the result, its completion does
 * nothing. Like `switchMap` for a source with one value, with one subscriber instead of two: the result's subscriber itself subscribes to the
 * following stream.
 *
 * ```
 * source   --a-----#      a socket, say, and its loss
 * follows    ---b--       of a
 * result   -----b--#
 * ```
 */
export function followedBy<T, R>(follows: (value: T) => Observable<R>): OperatorFunction<T, R> {
  return (source) => new Observable((subscriber) => source.subscribe(operate(new Following(subscriber, follows))));
}

/**
 * Unsubscribes from the source at its first value, and maps that value to a stream. Like `take(1)` and `switchMap`, with one subscriber instead of
 * four.
 *
 * ```
 * source   --a!           a handshake, say
 * follows    ---b--|      of a
 * result   -----b--|
 * ```
 */
export function firstFollowedBy<T, R>(follows: (value: T) => Observable<R>): OperatorFunction<T, R> {
  return (source) =>
    new Observable((subscriber) => {
      const following = new Following(subscriber, (value: T) => {
        listening.unsubscribe();
        return follows(value);
      });
      const listening = operate(following);
      source.subscribe(listening);
    });
}

class Following<T, R> implements Operation<T, R> {
  readonly destination: Subscriber<R>;
  readonly #follows: (value: T) => Observable<R>;
  #followed = false;

  constructor(destination: Subscriber<R>, follows: (value: T) => Observable<R>) {
    this.destination = destination;
    this.#follows = follows;
  }

  next(value: T): void {
    this.#followed = true;
    const following$ = this.#follows(value);
    if (!this.destination.closed) following$.subscribe(this.destination);
  }

  complete(): void {
    if (!this.#followed) this.destination.complete();
  }
}
