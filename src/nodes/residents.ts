/** The sessions that run on a node. */
import { filter, firstValueFrom, map, Observable, race, Subject, timer, type SchedulerLike } from 'rxjs';
import { Departure } from '../engine/hand-over/departure.js';
import { SessionMoved } from '../engine/session-moved.js';

/** ms until a session that was told to move is not waited for any more: its bot may be gone. */
const PATIENCE_MS = 5_000;
/** ms that a session plays on here, at most, while where it will go on is prepared. Voice servers close a socket that has not identified in about ten seconds. */
const PREPARATION_MS = 3_000;

interface Resident {
  readonly departure: Departure;
  readonly move: () => void;
  /** Since when it is here, or was last thought of to go elsewhere. */
  since: number;
  /** What plays in it. */
  plays: number;
}

export class Residents {
  readonly #residents = new Set<Resident>();
  /** The same, by their sessions. */
  readonly #bySession = new WeakMap<object, Resident>();
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

  /** How a session of theirs is told to go. */
  departure(session: object): Departure | undefined {
    return this.#bySession.get(session)?.departure;
  }

  /** The same play, of a session that is known to play meanwhile. */
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
   * Has one of them go on at another place, and at no other: one in which nothing plays, where there is such a one, and of those that which has been here
   * longest. It plays on until it is prepared there, and where it is not in time, it stays. Resolves with whether it has gone.
   *
   * @param rest ms for which one stays where it has come to, and is left alone where it could not go
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

  /** Whether it was in time. */
  async #prepared({ left$ }: Departure): Promise<boolean> {
    return firstValueFrom(race(left$.pipe(map(() => true)), timer(PREPARATION_MS, this.#scheduler).pipe(map(() => false))));
  }

  async #move(resident: Resident): Promise<void> {
    const gone = firstValueFrom(race(this.#letGo$.pipe(filter((which) => which === resident)), timer(PATIENCE_MS, this.#scheduler)));
    resident.move();
    await gone;
  }
}

/** Nobody hears that a silent one moves. */
function rank({ plays }: Resident): number {
  return plays === 0 ? 0 : 1;
}
