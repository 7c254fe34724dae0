/** A session that is run for as long as it is owned. */
import { Observable, Subscription } from 'rxjs';

/** The session, once it is owned; given back when it has ended. */
export function owned<T>(claim$: Observable<unknown>, session$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    // Ended first, since it is torn down first.
    const session = new Subscription();
    subscriber.add(session);
    subscriber.add(claim$.subscribe({ next: () => session.add(session$.subscribe(subscriber)), error: (error: unknown) => subscriber.error(error) }));
  });
}
