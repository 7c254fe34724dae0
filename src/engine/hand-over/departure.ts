/**
 * A session that is about to go on elsewhere. Where it is to go is prepared while it still runs here.
 *
 * ```
 * announce()   a-----------------       told to its home, where that can prepare
 * leave()      -------l----------       the home has prepared, or given it up
 * session      ^------#                 it moves
 * ```
 */
import { ReplaySubject, Subject, type Observable } from 'rxjs';

export class Departure {
  /** Emits when it is about to move. */
  readonly soon$: Observable<void>;
  /** Emits when there is nothing to be waited for any more. */
  readonly left$: Observable<void>;
  readonly #soon$ = new Subject<void>();
  readonly #left$ = new ReplaySubject<void>(1);

  constructor() {
    this.soon$ = this.#soon$;
    this.left$ = this.#left$;
  }

  /** Returns whether somebody prepares: then `left$` is to be waited for, and not for ever. */
  announce(): boolean {
    if (!this.#soon$.observed) return false;
    this.#soon$.next();
    return true;
  }

  /** All is prepared, or the session has ended. */
  leave(): void {
    this.#left$.next();
  }
}
