/** The main thread's end. It looks five times a second while something plays, at all threads at once: none of them wakes it. */
import { DemandRun, tellDemands } from '../../engine/demand-run.js';
import type { Batch } from '../../engine/outbox.js';
import { Line, type Beside, type SharedMemory, type Tell } from './line.js';
import type { Told } from './records.js';
import type { Rounds } from './rounds.js';

/** ms since it looked last: a thread that asked so long ago may be out of frames, and then it looks no more. */
const LATE_MS = 300;
/** ms since it was asked: what comes later is of a source that makes its frames as they are due. */
const AT_ONCE_MS = 20;
/** Rounds in which it finds nothing, and looks no more until something is posted. */
const MAX_IDLE = 4;

export class HomeLine implements Beside {
  readonly #line: Line;
  readonly #tell: Tell;
  readonly #wake: () => void;
  readonly #rounds: Rounds;
  readonly #demands = new DemandRun();
  /** Subscriptions of which frames were asked for a while before the thread needs them. */
  readonly #asked = new Set<number>();
  #readAt = -Infinity;
  #askedAt = -Infinity;
  #idle = 0;
  /** How far was written by the last round. */
  #written = 0;
  #watching = false;
  /** Whether the thread is sure to see what is written for it. */
  #inTime = false;
  readonly #told: Told = {
    next: (id, value) => this.#tell.next(id, value),
    demand: (id, frames) => {
      this.#demands.add(id, frames);
      if (this.#inTime) this.#asked.add(id);
    },
  };

  /** @param wake posts a batch of nothing */
  constructor({ toHome, toThread }: SharedMemory, rounds: Rounds, tell: Tell, wake: () => void) {
    this.#line = new Line(toThread, toHome);
    this.#rounds = rounds;
    this.#tell = tell;
    this.#wake = wake;
  }

  /** Frames that answer what was asked for: the thread plays, and sees them in time. */
  frames(id: number, frames: readonly Uint8Array[]): boolean {
    if (!this.#asked.has(id)) return false;
    if (this.#rounds.now() - this.#askedAt <= AT_ONCE_MS) {
      if (!this.#line.frames(id, frames)) return false;
      this.publish();
      return true;
    }
    this.#asked.clear();
    return false;
  }

  sent(): boolean {
    return false;
  }

  demand(): boolean {
    return false;
  }

  publish(): void {
    this.#line.out.publish();
  }

  look(): void {
    // It has rounds for that.
  }

  posted(): void {
    this.#line.posted();
  }

  arrived(batch: Batch): void {
    this.#line.arrived(batch, this.#tell.message, () => this.#read());
    if (batch.some((piece) => piece instanceof Float64Array)) this.#watch();
  }

  rest(): void {
    if (this.#watching) {
      this.#watching = false;
      this.#rounds.remove(this.#round);
      this.#line.in.watch(false);
    }
    // What was written before the other side saw that.
    this.#read();
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#idle = 0;
    this.#written = this.#line.out.written;
    this.#line.in.watch(true);
    this.#rounds.add(this.#round);
  }

  readonly #round = (): void => {
    const { out } = this.#line;
    // The thread has nothing to say, and so it does not look.
    const unseen = out.behind(this.#written);
    if (unseen) this.#wake();
    this.#idle = this.#read() || unseen ? 0 : this.#idle + 1;
    this.#written = out.written;
    if (this.#idle === MAX_IDLE) this.rest();
  };

  /** Demands last: what is made of them depends on what is known to be sent. @returns whether there was anything */
  #read(): boolean {
    const [before, now] = [this.#readAt, this.#rounds.now()];
    this.#readAt = now;
    this.#asked.clear();
    this.#inTime = now - before <= LATE_MS;
    const some = this.#line.read(this.#told);
    if (this.#demands.empty) return some;
    // What was sent may have taken long to tell.
    this.#askedAt = this.#rounds.now();
    this.#line.out.look();
    tellDemands(this.#demands.take(), this.#tell.message);
    return true;
  }
}
