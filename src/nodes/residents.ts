/** The sessions that run on a node. */
import { filter, firstValueFrom, map, Observable, race, Subject, timer, type SchedulerLike } from 'rxjs';
import { Departure } from '../engine/hand-over/departure.js';
import { SessionMoved } from '../engine/session-moved.js';

/** ms to wait for a session that was told to move. Its bot may be gone. */
const PATIENCE_MS = 5_000;
/** The longest time in ms that a session plays on here while its next place is prepared. Voice servers close a socket that has not identified in about 10 s. */
const PREPARATION_MS = 3_000;

interface Resident {
  readonly departure: Departure;
  readonly move: () => void;
  /** When it came here, or when it was last chosen to move. */
  since: number;
  /** The number of plays that run in it. */
  plays: number;
}

export class Residents {
  readonly #residents = new Set<Resident>();
  /** The same residents, by their sessions. */
  readonly #bySession = new WeakMap<object, Resident>();
  readonly #letGo$ = new Subject<Resident>();
  readonly #changed: () => void;
  readonly #scheduler: SchedulerLike;
  #draining = false;

  /** @param changed called when the number of sessions changes */
  constructor(changed: () => void, scheduler: SchedulerLike) {
    this.#changed = changed;
    this.#scheduler = scheduler;
  }

  get size(): number {
    return this.#residents.size;
  }

  /** The same session. When it is told to move, it errors with a {@link SessionMoved}. */
  house<T extends object>(session$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      const move = (): void => subscriber.error(new SessionMoved(() => this.#letGo$.next(resident)));
      const resident: Resident = { departure: new Departure(), move, since: this.#scheduler.now(), plays: 0 };
      if (this.#draining) return move();
      this.#residents.add(resident);
      this.#changed();
      subscriber.add(
        session$.subscribe({
          next: (session) => {
            this.#bySession.set(session, resident);
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

  /** The departure of a session, which announces a move to its bot. */
  departure(session: object): Departure | undefined {
    return this.#bySession.get(session)?.departure;
  }

  /** The same play. While it runs, the session counts as playing. */
  playing<T>(session: object, play$: Observable<T>): Observable<T> {
    const resident = this.#bySession.get(session);
    if (resident === undefined) return play$;
    return new Observable((subscriber) => {
      resident.plays += 1;
      subscriber.add(() => (resident.plays -= 1));
      subscriber.add(play$.subscribe(subscriber));
    });
  }

  /**
   * Moves one session to exactly this place: one in which nothing plays, if there is one; among equals the one that has been here longest. It plays on here
   * until it is prepared there. If that takes too long, it stays. Resolves with whether it has moved.
   *
   * @param rest ms for which a session is not moved after it came here, or after a move failed
   */
  async give(place: string, rest: number): Promise<boolean> {
    const one = this.#movable(rest);
    if (one === undefined) return false;
    one.since = this.#scheduler.now();
    const ready = one.departure.announceTo(place) && (await this.#prepared(one.departure));
    if (!ready) one.departure.stay();
    if (!ready || this.#draining || !this.#residents.has(one)) return false;
    await this.#move(one);
    return true;
  }

  #movable(rest: number): Resident | undefined {
    const latest = this.#scheduler.now() - rest;
    let best: Resident | undefined;
    for (const one of this.#draining ? [] : this.#residents) {
      if (one.since > latest || !one.departure.directed) continue;
      if (best === undefined || rank(one) < rank(best) || (rank(one) === rank(best) && one.since < best.since)) best = one;
    }
    return best;
  }

  /**
   * Moves all sessions to other nodes, `most` at once. Each is silent from when it is told to move until it runs there.
   *
   * @param prepare whether each plays on here until it is prepared there, if its bot supports that
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

  /** Resolves with whether it was prepared in time. */
  async #prepared({ left$ }: Departure): Promise<boolean> {
    return firstValueFrom(race(left$.pipe(map(() => true)), timer(PREPARATION_MS, this.#scheduler).pipe(map(() => false))));
  }

  async #move(resident: Resident): Promise<void> {
    const gone = firstValueFrom(race(this.#letGo$.pipe(filter((which) => which === resident)), timer(PATIENCE_MS, this.#scheduler)));
    resident.move();
    await gone;
  }
}

/** Silent sessions come first: nobody hears that they move. */
function rank({ plays }: Resident): number {
  return plays === 0 ? 0 : 1;
}
