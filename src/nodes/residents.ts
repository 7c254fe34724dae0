/** The sessions that run on a node. */
import { filter, firstValueFrom, Observable, race, Subject, timer, type SchedulerLike } from 'rxjs';
import { Departure } from '../engine/hand-over/departure.js';
import { SessionMoved } from '../engine/session-moved.js';

/** ms until a session that was told to move is not waited for any more: its bot may be gone. */
const PATIENCE_MS = 5_000;
/** ms that a session plays on here, at most, while where it will go on is prepared. Voice servers close a socket that has not identified in about ten seconds. */
const PREPARATION_MS = 3_000;

interface Resident {
  readonly departure: Departure;
  readonly move: () => void;
}

export class Residents {
  readonly #residents = new Set<Resident>();
  readonly #departures = new WeakMap<object, Departure>();
  readonly #letGo$ = new Subject<Resident>();
  readonly #changed: () => void;
  readonly #scheduler: SchedulerLike;
  #draining = false;

  /** @param changed told when there are more or less of them */
  constructor(changed: () => void, scheduler: SchedulerLike) {
    this.#changed = changed;
    this.#scheduler = scheduler;
  }

  get size(): number {
    return this.#residents.size;
  }

  /** The same session, until it is told to move: then it errors with a {@link SessionMoved}. */
  house<T extends object>(session$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      const move = (): void => subscriber.error(new SessionMoved(() => this.#letGo$.next(resident)));
      const resident: Resident = { departure: new Departure(), move };
      if (this.#draining) return move();
      this.#residents.add(resident);
      this.#changed();
      subscriber.add(
        session$.subscribe({
          next: (session) => {
            this.#departures.set(session, resident.departure);
            subscriber.next(session);
          },
          error: (error: unknown) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
      subscriber.add(() => {
        this.#residents.delete(resident);
        this.#changed();
        resident.departure.leave();
      });
    });
  }

  /** How a session of theirs is told to go. */
  departure(session: object): Departure | undefined {
    return this.#departures.get(session);
  }

  /**
   * Has all of them go on elsewhere, `most` at once. Each is silent from when it is told until it runs there.
   *
   * @param prepare whether each plays on until it is prepared there, where its bot can do that
   */
  async drain(most: number, prepare = true): Promise<void> {
    this.#draining = true;
    const waiting = [...this.#residents];
    const next = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        if (prepare && one.departure.announce()) await this.#prepared(one.departure);
        if (this.#residents.has(one)) await this.#move(one);
      }
    };
    await Promise.all(Array.from({ length: most }, next));
  }

  async #prepared({ left$ }: Departure): Promise<void> {
    await firstValueFrom(race(left$, timer(PREPARATION_MS, this.#scheduler)));
  }

  async #move(resident: Resident): Promise<void> {
    const gone = firstValueFrom(race(this.#letGo$.pipe(filter((which) => which === resident)), timer(PATIENCE_MS, this.#scheduler)));
    resident.move();
    await gone;
  }
}
