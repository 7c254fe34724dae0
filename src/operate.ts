/**
 * Operators of our own that are one subscriber each. What stands while a session is ready is paid for by every session, and a subscriber of
 * RxJS' operators is half a KB to one: three closures, their contexts, and the Observables that `catchError` and `merge` keep to subscribe anew.
 */
import { Observable, Subscriber, type OperatorFunction } from 'rxjs';

/** What a subscriber does with what comes; what is left out is handed on as it is. Called as methods: one that stands for long may be an object of a class. */
export interface Operation<In, Out> {
  /** Who is told, and with whom the subscriber ends. */
  readonly destination: Subscriber<Out>;
  /** What it throws errors the destination. */
  next?(value: In): void;
  /** In place of the destination's: who does not call that turns the error into silence. */
  error?(error: unknown): void;
  /** Likewise. */
  complete?(): void;
}

/**
 * A subscriber between a source and a destination, for `source.subscribe(operate({ … }))`. It is the destination's before the source is
 * subscribed to, so that who leaves within that reaches the source. RxJS 8 exports a function of this name and form.
 */
export function operate<In, Out = In>(operation: Operation<In, Out>): Subscriber<In> {
  return new OperationSubscriber(operation);
}

/**
 * Hears a source for as long as the destination lives, beside what that is given otherwise. An error is the destination's; the source's end
 * is the end of listening, and no more.
 */
export function listen<T>(source$: Observable<T>, destination: Subscriber<unknown>, next: (value: T) => void = nothing): void {
  source$.subscribe(operate<T, unknown>({ destination, next, complete: nothing }));
}

const nothing = (): void => undefined;

/** For who gives it another manner of its own; {@link operate} for all else. */
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
 * What follows the one value of the source, which may live on: its error is the result's, its completion nobody's. It is `switchMap` where there is
 * one value, with one subscriber in place of two: what follows is subscribed to by whoever subscribed.
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
 * What follows the first value of the source, which is let go of before. It is `take(1)` and `switchMap`, with one subscriber in place of four.
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
