/** The subscriptions that a test keeps until its end, so that they can be released then. */
import { Observable, type Subscription } from 'rxjs';

export class OpenSubscriptions {
  readonly #open = new Set<Subscription>();

  get size(): number {
    return this.#open.size;
  }

  /** The same stream. {@link release} unsubscribes from the source, and sends the subscriber no notification. */
  held<T>(source$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      const subscription = source$.subscribe(subscriber);
      this.#open.add(subscription);
      return () => {
        this.#open.delete(subscription);
        subscription.unsubscribe();
      };
    });
  }

  release(): void {
    for (const subscription of [...this.#open]) {
      this.#open.delete(subscription);
      subscription.unsubscribe();
    }
  }
}
