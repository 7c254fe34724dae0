/** One loop over one subscription: matches pushed values with calls of `next()`, in whichever order they come. */
import { Subscription, takeWhile, type Observable } from 'rxjs';
import { insulated } from '../edge.js';
import { EMPTY_BOX, type Mailbox } from './mailbox.js';

/** A call of `next()` that is not answered yet. */
interface Waiting<R> {
  readonly give: (result: IteratorResult<R, undefined>) => void;
  readonly fail: (error: unknown) => void;
}

const DONE = { done: true, value: undefined } as const;

export class Pulled<T, R> implements AsyncIterableIterator<R, undefined> {
  readonly #source$: Observable<T>;
  readonly #mailbox: Mailbox<T, R>;
  readonly #waiting: Waiting<R>[] = [];
  #subscription: Subscription | undefined;
  /** No more values come: the source has ended, or the loop was left. */
  #over = false;
  /** The error of the source, until it was reported. */
  #failure: { readonly error: unknown } | undefined;

  constructor(source$: Observable<T>, mailbox: Mailbox<T, R>) {
    this.#source$ = source$;
    this.#mailbox = mailbox;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The first call subscribes: an iterator that is never used holds no subscription. */
  next(): Promise<IteratorResult<R, undefined>> {
    return new Promise((give, fail) => {
      this.#waiting.push({ give, fail });
      if (this.#subscription === undefined) this.#subscribe();
      else this.#answer();
    });
  }

  /** The loop is left. Pending calls end without a value. */
  return(): Promise<IteratorReturnResult<undefined>> {
    this.#failure = undefined;
    this.#end();
    while (this.#mailbox.take() !== EMPTY_BOX);
    this.#answer();
    return Promise.resolve(DONE);
  }

  #subscribe(): void {
    // Set before the source is subscribed to, because the source may push, and the loop may be left, within that call.
    this.#subscription = new Subscription();
    this.#subscription.add(
      insulated(this.#source$)
        .pipe(takeWhile(() => !this.#over))
        .subscribe({
          next: (value) => this.#push(value),
          error: (error: unknown) => this.#end({ error }),
          complete: () => this.#end(),
        }),
    );
    this.#answer();
  }

  #push(value: T): void {
    const first = this.#waiting.shift();
    if (first !== undefined) return first.give({ done: false, value: this.#mailbox.hand(value) });
    try {
      this.#mailbox.put(value);
    } catch (error) {
      this.#end({ error });
    }
  }

  #end(failure?: { readonly error: unknown }): void {
    if (this.#over) return;
    this.#over = true;
    this.#failure = failure;
    this.#subscription ??= new Subscription();
    this.#subscription.unsubscribe();
    this.#answer();
  }

  /** Answers the pending calls: first the values before the end, then the error, once, then the end. */
  #answer(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const value = this.#mailbox.take();
      if (value === EMPTY_BOX && !this.#over) return;
      this.#waiting.shift();
      const failure = this.#failure;
      if (value !== EMPTY_BOX) first.give({ done: false, value });
      else if (failure === undefined) first.give(DONE);
      else {
        this.#failure = undefined;
        first.fail(failure.error);
      }
    }
  }
}
