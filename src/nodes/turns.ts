/** So many at once, and the others in their turn: who joins hundreds of sessions at once is late for all of them. */
import { Observable, Subscription } from 'rxjs';

export class Turns {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * The source, subscribed to when it is its turn, which it gives on with its first value or its end.
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
