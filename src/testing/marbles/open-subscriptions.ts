/** The subscriptions that a test holds to its end, so that its end can let go of them. */
import { Observable, type Subscription } from 'rxjs';

export class OpenSubscriptions {
  readonly #open = new Set<Subscription>();

  get size(): number {
    return this.#open.size;
  }

  /** The same stream; who subscribes to it is let go of by {@link release}, and hears nothing of that. */
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
