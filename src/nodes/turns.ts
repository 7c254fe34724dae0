/** Limits how many sources start at once; the others wait. Joining hundreds of sessions at once would delay all of them. */
import { Observable, Subscription } from 'rxjs';

export class Turns {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Subscribes to the source when it is its turn. The turn passes to the next with the first value or the end of the source.
   *
   * ```
   * one at a time    a: ^---x----     b: ^   (a's x)-----x---
   * ```
   */
  take<T>(source$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      const begin = (): void => {
        this.#taken += 1;
        const turn = new Subscription(() => this.#next());
        subscriber.add(turn);
        subscriber.add(
          source$.subscribe({
            next: (value) => {
              turn.unsubscribe();
              subscriber.next(value);
            },
            error: (error: unknown) => subscriber.error(error),
            complete: () => subscriber.complete(),
          }),
        );
      };
      if (this.#taken < this.#most) return begin();
      this.#waiting.add(begin);
      subscriber.add(() => this.#waiting.delete(begin));
    });
  }

  #next(): void {
    this.#taken -= 1;
    const [begin] = this.#waiting;
    if (begin === undefined) return;
    this.#waiting.delete(begin);
    begin();
  }
}
