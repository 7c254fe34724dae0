/** Waits until the data that has arrived at the sockets of this process is read. Only the event loop knows of it, so this counts its turns. */
import { Subscription } from 'rxjs';

/**
 * A scheduler whose time is real has a method of this name, which acts when everything that has arrived so far is read. A scheduler with virtual
 * time has none: there nothing is late, and there are no sockets to wait for.
 */
export const READ_FIRST = Symbol('rxvoice.readFirst');

/** Calls `act` later, unless it is unsubscribed by then. */
export type ReadFirst = (act: () => void) => Subscription;

/** What a scheduler may have in addition to its time. */
export interface ReadsFirst {
  readonly [READ_FIRST]?: ReadFirst | undefined;
}

/**
 * libuv reads 32 datagrams of a socket in each turn, so this reads 512 of every socket; by default the system buffers some 280 for one. Waiting for
 * a turn that reads nothing is not possible, because a busy socket never has one. A turn that reads nothing takes 2 µs.
 */
const TURNS = 16;

/** One chain of turns, shared by all waiting calls. */
export class SocketTurns {
  /** In the order of their turns, which is the order in which they were added. */
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

  /** An immediate runs after the sockets of its turn are read. One that is set within it runs in the next turn. */
  readonly #pass = (): void => {
    this.#turn += 1;
    this.#next = undefined;
    for (const waiting of this.#waiting) {
      if (waiting.turn > this.#turn) break;
      waiting.unsubscribe();
      // Before the call, which may throw: the others must still get their turn.
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
    /** The turn after which it acts. */
    readonly turn: number,
    readonly act: () => void,
  ) {
    super();
  }
}
