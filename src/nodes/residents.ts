/** The sessions that run on a node. */
import { filter, firstValueFrom, Observable, race, Subject, timer, type SchedulerLike } from 'rxjs';
import { SessionMoved } from '../engine/session-moved.js';

/** ms until a session that was told to move is not waited for any more: its bot may be gone. */
const PATIENCE_MS = 5_000;

export class Residents {
  readonly #moves = new Set<() => void>();
  readonly #letGo$ = new Subject<() => void>();
  readonly #changed: () => void;
  readonly #scheduler: SchedulerLike;
  #draining = false;

  /** @param changed told when there are more or less of them */
  constructor(changed: () => void, scheduler: SchedulerLike) {
    this.#changed = changed;
    this.#scheduler = scheduler;
  }

  get size(): number {
    return this.#moves.size;
  }

  /** The same session, until it is told to move: then it errors with a {@link SessionMoved}. */
  house<T>(session$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      const move = (): void => subscriber.error(new SessionMoved(() => this.#letGo$.next(move)));
      if (this.#draining) return move();
      this.#moves.add(move);
      this.#changed();
      subscriber.add(session$.subscribe(subscriber));
      subscriber.add(() => {
        this.#moves.delete(move);
        this.#changed();
      });
    });
  }

  /** Has all of them go on elsewhere, `most` at once. Each is silent from when it is told until it runs there. */
  async drain(most: number): Promise<void> {
    this.#draining = true;
    const next = async (): Promise<void> => {
      for (let [move] = this.#moves; move !== undefined; [move] = this.#moves) await this.#move(move);
    };
    await Promise.all(Array.from({ length: most }, next));
  }

  async #move(move: () => void): Promise<void> {
    const gone = firstValueFrom(race(this.#letGo$.pipe(filter((which) => which === move)), timer(PATIENCE_MS, this.#scheduler)));
    this.#moves.delete(move);
    move();
    await gone;
  }
}
