/** Parameters that can change while the sound plays. */
import { isObservable, type Observable, type Subscription } from 'rxjs';
import { report } from '../../edge.js';

/**
 * A value, or an Observable of values, of which the last one counts. Each stream subscribes to the Observable when it starts, and unsubscribes
 * when it ends. Completion, an error, or a value out of range leaves the last value in place. Errors and such values are reported like
 * unhandled errors of RxJS; the sound continues.
 */
export type Live<T> = T | Observable<T>;

/** Checks a value that is known already, so that an error is thrown where the value was passed. */
export function checkLive<T>(live: Live<T>, check: (value: T) => void): void {
  if (!isObservable(live)) check(live);
}

/** The current value for one stream. */
export class LiveValue<T> {
  #value: T;
  #subscription: Subscription | undefined;

  /** @param initial the value before the first one of an Observable; a value emitted during the subscription counts from the beginning */
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
