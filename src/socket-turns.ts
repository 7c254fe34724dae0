/** What has come to the sockets of this process is read first: turns of the event loop, which alone knows of them. */
import { Subscription } from 'rxjs';

/**
 * A scheduler whose time is real has a method by this name, which acts when all is read that has come so far. Virtual time has none: there,
 * nobody is late, and no socket is to be waited for.
 */
export const READ_FIRST = Symbol('rxvoice.readFirst');

/** Calls `act` later, unless it is unsubscribed by then. */
export type ReadFirst = (act: () => void) => Subscription;

/** What a scheduler may have beside its time. */
export interface ReadsFirst {
  readonly [READ_FIRST]?: ReadFirst | undefined;
}

/**
 * libuv reads 32 datagrams of a socket in each turn: these are 512 of every socket, and what the system keeps for one, unless told otherwise, are
 * some 280. To a turn that finds nothing nobody could hold: a socket that is busy has none. One that finds nothing takes 2 µs.
 */
const TURNS = 16;

/** One chain of turns, for all who wait. */
export class SocketTurns {
  /** In the order of their turns, which is that of their coming. */
  readonly #waiting = new Set<Waiting>();
  #turn = 0;
  #next: NodeJS.Immediate | undefined;

  readonly readFirst: ReadFirst = (act) => {
    const waiting = new Waiting(this.#turn + TURNS, act);
    this.#waiting.add(waiting);
    waiting.add(() => this.#leave(waiting));
    this.#next ??= setImmediate(this.#pass);
    return waiting;
  };

  /** An immediate is run behind the sockets of its turn, and one that is asked for within it is of the next. */
  readonly #pass = (): void => {
    this.#turn += 1;
    this.#next = undefined;
    for (const waiting of this.#waiting) {
      if (waiting.turn > this.#turn) break;
      waiting.unsubscribe();
      // Before the call, which may throw: the others are to have theirs.
      if (this.#waiting.size > 0) this.#next ??= setImmediate(this.#pass);
      waiting.act();
    }
    if (this.#waiting.size > 0) this.#next ??= setImmediate(this.#pass);
  };

  #leave(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size > 0 || this.#next === undefined) return;
    clearImmediate(this.#next);
    this.#next = undefined;
  }
}

class Waiting extends Subscription {
  constructor(
    /** The one after which it acts. */
    readonly turn: number,
    readonly act: () => void,
  ) {
    super();
  }
}
