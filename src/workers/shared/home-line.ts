/** The main thread's end. It looks five times a second while something plays, at all threads at once: none of them wakes it. */
import { guarded } from '../../edge.js';
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
/** Nothing is asked for that may be answered by what is shared. */
const NONE: ReadonlyMap<number, number> = new Map();

export class HomeLine implements Beside {
  readonly #line: Line;
  readonly #tell: Tell;
  readonly #wake: () => void;
  readonly #rounds: Rounds;
  /** What this reading has found to be asked for, by subscription. */
  #demands = new Map<number, number>();
  /** Those that were asked for by the latest reading, a while before the thread needs them. */
  #asked = NONE;
  /** Whether it is telling what is asked for: what comes within that comes at once. */
  #telling = false;
  /** How many of these frames are not here yet. */
  #missing = 0;
  #readAt = -Infinity;
  #askedAt = -Infinity;
  #idle = 0;
  /** How far was written by the last round. */
  #written = 0;
  #watching = false;
  readonly #told: Told = {
    next: (id, value) => this.#tell.next(id, value),
    demand: (id, frames) => void this.#demands.set(id, (this.#demands.get(id) ?? 0) + frames),
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
    if (!this.#telling && this.#rounds.now() - this.#askedAt > AT_ONCE_MS) {
      this.#asked = NONE;
      return false;
    }
    if (!this.#line.frames(id, frames)) return false;
    this.#missing -= frames.length;
    this.publish();
    return true;
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
    this.#asked = NONE;
    const some = this.#line.read(this.#told);
    if (this.#demands.size === 0) return some;
    // Of a source, which may do anything as it is read, another reading.
    const demands = this.#demands;
    this.#demands = new Map();
    // Else the thread may not see what is written for it.
    if (now - before <= LATE_MS) this.#asked = demands;
    this.#line.out.look();
    this.#ask(demands);
    return true;
  }

  #ask(demands: ReadonlyMap<number, number>): void {
    this.#telling = true;
    this.#missing = 0;
    for (const [id, frames] of demands) {
      this.#missing += frames;
      guarded(() => this.#tell.demand(id, frames));
    }
    this.#telling = false;
    // A cold clock is dear, and where all has come at once, which is the rule, it is not needed.
    if (this.#missing > 0) this.#askedAt = this.#rounds.now();
  }
}
