/**
 * The edge to code that is not ours: sources and listeners with their teardown, `log`, `recovery`, interceptors, transports. One rule:
 * what it throws never changes our own state. It is reported, as RxJS reports what nobody handles (`config.onUnhandledError`, or an
 * uncaught exception, later and not within the call), unless it is the answer to a question: then it ends the play or the session
 * that asked, with an error. docs/architecture.md has the list.
 *
 * RxJS itself catches what a `next` throws. It does not catch a finalizer: `complete`, `error` and `unsubscribe` throw an
 * UnsubscriptionError at whoever calls them, and so does a `next` whose operator errors.
 */
import { Observable, throwError, UnsubscriptionError, type Subscriber } from 'rxjs';
import { OperationSubscriber, type Operation } from './operate.js';

/** As RxJS reports an error that nobody handles. Returns first: nothing of ours is on the stack when it is told. */
export function report(error: unknown): void {
  // RxJS' envelope for what finalizers threw; what is in it is news.
  if (error instanceof UnsubscriptionError) for (const thrown of error.errors) report(thrown);
  else throwError(() => error).subscribe();
}

/** Calls out where there is no answer to be had: what is thrown is reported. */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    report(error);
  }
}

/**
 * The same Observable, with an edge in it: nothing that is thrown on one side of it, also by finalizers, is met on the other. What comes
 * in from a caller passes it, and what goes out to one.
 *
 * ```
 * source  --a--b--|
 * result  --a--b--|    what a listener of b, or a finalizer at the end, throws is reported
 * ```
 */
export function insulated<T>(source$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => insulate(source$, subscriber));
}

/** Subscribes for somebody, with an edge between: {@link insulated} for a source that is made when it is subscribed to. */
export function insulate<T>(source$: Observable<T>, subscriber: Subscriber<T>): void {
  // RxJS subscribes for who is gone already, too. Nothing is acquired where nobody is left to release it.
  if (!subscriber.closed) source$.subscribe(operateBeyond({ destination: subscriber }));
}

/** `operate` for a source that is not ours: a subscriber that is an edge, too. */
export function operateBeyond<In, Out = In>(operation: Operation<In, Out>): Subscriber<In> {
  return new EdgeSubscriber(operation);
}

/** A subscriber of its own rather than an observer, so that an unsubscription within `subscribe` reaches the source. */
class EdgeSubscriber<In, Out> extends OperationSubscriber<In, Out> {
  protected override _next(value: In): void {
    try {
      super._next(value);
    } catch (error) {
      report(error);
    }
  }

  protected override _error(error: unknown): void {
    guarded(() => super._error(error));
  }

  protected override _complete(): void {
    guarded(() => super._complete());
  }

  override unsubscribe(): void {
    guarded(() => super.unsubscribe());
  }
}

/**
 * To be called when somebody hands over what is to be read later. A Node stream that fails while nobody reads it, such as a file that is
 * not there and waits in a playlist, would end the process; the stream keeps its error, and whoever reads it is told.
 */
export function holdBack(input: unknown): void {
  if (typeof input === 'object' && input !== null && 'on' in input && typeof input.on === 'function') input.on('error', () => undefined);
}
