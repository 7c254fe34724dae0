/** Runs a session for as long as it is owned. */
import { Observable, Subscription } from 'rxjs';

/** Subscribes to the session once it is claimed, and gives the claim back after the session has ended. */
export function owned<T>(claim$: Observable<unknown>, session$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    // Added first, so that it is torn down before the claim.
    const session = new Subscription();
    subscriber.add(session);
    subscriber.add(claim$.subscribe({ next: () => session.add(session$.subscribe(subscriber)), error: (error: unknown) => subscriber.error(error) }));
  });
}
