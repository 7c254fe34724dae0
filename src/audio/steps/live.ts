/** What may be changed while the sound goes on. */
import { isObservable, type Observable, type Subscription } from 'rxjs';
import { report } from '../../edge.js';

/**
 * A value, or an Observable of values of which the last one counts. An Observable is subscribed by each stream when it begins, and let go
 * of with it. Its completion or error leaves the last value as it is; so does a value that is out of its range. Both errors are reported
 * as RxJS reports what nobody handles: the sound goes on.
 */
export type Live<T> = T | Observable<T>;

/** Checks what is known already, so that a wrong value is found out where it is written. */
export function checkLive<T>(live: Live<T>, check: (value: T) => void): void {
  if (!isObservable(live)) check(live);
}

/** The values of one stream. */
export class LiveValue<T> {
  #value: T;
  #subscription: Subscription | undefined;

  /** @param initial what counts until an Observable gives a first value; one that it gives at once counts from the beginning */
  constructor(live: Live<T>, initial: T, check: (value: T) => void) {
    this.#value = isObservable(live) ? initial : live;
    if (!isObservable(live)) return;
    this.#subscription = live.subscribe({
      next: (value) => {
        try {
          check(value);
          this.#value = value;
        } catch (error) {
          report(error);
        }
      },
      error: report,
    });
  }

  get value(): T {
    return this.#value;
  }

  free(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }
}
