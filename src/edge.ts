/**
 * The edge to code that is not ours: sources and listeners with their teardown, `log`, `recovery`, interceptors, transports. One rule: what that code
 * throws never changes our own state. It is reported, as RxJS reports unhandled errors (`config.onUnhandledError`, or an uncaught exception, later
 * and not within the call). The exception is code that we ask for an answer: what it throws ends the play or the session that asked, with that error.
 * docs/architecture.md has the list.
 *
 * RxJS itself catches what a `next` throws. It does not catch a finalizer: `complete`, `error` and `unsubscribe` throw an
 * UnsubscriptionError at whoever calls them, and so does a `next` whose operator errors.
 */
import { Observable, throwError, UnsubscriptionError, type Subscriber } from 'rxjs';
import { OperationSubscriber, type Operation } from './operate.js';

/** Reports an error as RxJS reports unhandled errors. It does so after this returns, so nothing of ours is on the stack then. */
export function report(error: unknown): void {
  // RxJS wraps what finalizers threw in this error; each error inside is reported.
  if (error instanceof UnsubscriptionError) for (const thrown of error.errors) report(thrown);
  else throwError(() => error).subscribe();
}

/** Calls foreign code from which no answer is expected: what it throws is reported. */
export function guarded(call: () => void): void {
  try {
    call();
  } catch (error) {
    report(error);
  }
}

/**
 * The same Observable, with an edge in it: nothing that is thrown on one side, not even by finalizers, reaches the other. Everything that comes in
 * from a caller passes through it, and so does everything that goes out to one.
 *
 * ```
 * source  --a--b--|
 * result  --a--b--|    what a listener of b, or a finalizer at the end, throws is reported
 * ```
 */
export function insulated<T>(source$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => insulate(source$, subscriber));
}

/** Subscribes `subscriber` to `source$` through an edge: {@link insulated} for a source that is created at subscription. */
export function insulate<T>(source$: Observable<T>, subscriber: Subscriber<T>): void {
  // RxJS also subscribes for a subscriber that is closed already. Nothing may be acquired if nobody is left to release it.
  if (!subscriber.closed) source$.subscribe(operateBeyond({ destination: subscriber }));
}

/** `operate` for a source that is not ours: the subscriber is also an edge. */
export function operateBeyond<In, Out = In>(operation: Operation<In, Out>): Subscriber<In> {
  return new EdgeSubscriber(operation);
}

/** A subscriber rather than an observer, so that an unsubscription within `subscribe` reaches the source. */
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
 * Call this when a caller hands over an input that will be read later. A Node stream that fails while nobody reads it (such as a missing file that
 * waits in a playlist) would end the process. The stream keeps its error and reports it when it is read.
 */
export function holdBack(input: unknown): void {
  if (typeof input === 'object' && input !== null && 'on' in input && typeof input.on === 'function') input.on('error', () => undefined);
}
