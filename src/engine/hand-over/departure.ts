/**
 * A session that is about to go on elsewhere. Where it is to go is prepared while it still runs here.
 *
 * ```
 * announce()     a-----------------       told to its home, where that can prepare
 * leave()        -------l----------       the home has prepared, or given it up
 * session        ^------#                 it moves
 *
 * announceTo(n)  a-----------------       told to its home, where that can prepare on `n` and nowhere else
 * leave()        -------l----------       it is prepared there: it moves
 * stay()         -----------------s       it was not in time, and does not move at all
 * ```
 */
import { ReplaySubject, Subject, type Observable } from 'rxjs';

export class Departure {
  /** Emits when it is about to move. */
  readonly soon$: Observable<void>;
  /** Emits where it is about to move to, and null when it does not after all. */
  readonly to$: Observable<string | null>;
  readonly #soon$ = new Subject<void>();
  readonly #to$ = new Subject<string | null>();
  #left$ = new ReplaySubject<void>(1);

  constructor() {
    this.soon$ = this.#soon$;
    this.to$ = this.#to$;
  }

  /** Emits when there is nothing to be waited for any more, of what was announced last. */
  get left$(): Observable<void> {
    return this.#left$;
  }

  /** Whether it can be told where to go. */
  get directed(): boolean {
    return this.#to$.observed;
  }

  /** Returns whether somebody prepares: then `left$` is to be waited for, and not for ever. */
  announce(): boolean {
    if (!this.#soon$.observed) return false;
    this.#left$ = new ReplaySubject(1);
    this.#soon$.next();
    return true;
  }

  /** Returns whether somebody prepares it there: then `left$` is to be waited for, and, if that is too long, {@link stay} to be called. */
  announceTo(place: string): boolean {
    if (!this.directed) return false;
    this.#left$ = new ReplaySubject(1);
    this.#to$.next(place);
    return true;
  }

  /** It does not move. */
  stay(): void {
    this.#to$.next(null);
  }

  /** All is prepared, or the session has ended. */
  leave(): void {
    this.#left$.next();
  }
}
