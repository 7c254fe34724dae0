/**
 * A session that is about to move elsewhere. Its new place is prepared while the session still runs here.
 *
 * ```
 * announce()     a-----------------       sent to its home, if that can prepare
 * leave()        -------l----------       the home has prepared, or has given up
 * session        ^------#                 it moves
 *
 * announceTo(n)  a-----------------       sent to its home, if that can prepare on `n` only
 * leave()        -------l----------       it is prepared there: it moves
 * stay()         -----------------s       it was not in time, and does not move at all
 * ```
 */
import { ReplaySubject, Subject, type Observable } from 'rxjs';

export class Departure {
  /** Emits when it is about to move. */
  readonly soon$: Observable<void>;
  /** Emits the place to which it is about to move, and null if it does not move after all. */
  readonly to$: Observable<string | null>;
  readonly #soon$ = new Subject<void>();
  readonly #to$ = new Subject<string | null>();
  #left$ = new ReplaySubject<void>(1);

  constructor() {
    this.soon$ = this.#soon$;
    this.to$ = this.#to$;
  }

  /** Emits when the latest announcement needs no more waiting. */
  get left$(): Observable<void> {
    return this.#left$;
  }

  /** Whether it can be sent to a given place. */
  get directed(): boolean {
    return this.#to$.observed;
  }

  /** Returns whether anybody prepares: then wait for `left$`, with a time limit. */
  announce(): boolean {
    if (!this.#soon$.observed) return false;
    this.#left$ = new ReplaySubject(1);
    this.#soon$.next();
    return true;
  }

  /** Returns whether anybody prepares it there: then wait for `left$`, and if that takes too long, call {@link stay}. */
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

  /** Everything is prepared, or the session has ended. */
  leave(): void {
    this.#left$.next();
  }
}
