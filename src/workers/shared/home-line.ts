/** The main thread's end. While something plays, it reads from all threads together, five times a second: no thread wakes it. */
import { guarded } from '../../edge.js';
import type { Batch } from '../../engine/outbox.js';
import { Line, type Beside, type SharedMemory, type Tell } from './line.js';
import type { Told } from './records.js';
import type { Rounds } from './rounds.js';

/** ms since the last read. A thread that has waited longer for frames may have run out of them, and then it no longer reads. */
const LATE_MS = 300;
/** ms since the request. Frames that come later are from a source that makes its frames as they are due. */
const AT_ONCE_MS = 20;
/** After so many rounds without any record it stops reading, until something is posted. */
const MAX_IDLE = 4;
/** There is no request that may be answered through shared memory. */
const NONE: ReadonlyMap<number, number> = new Map();

export class HomeLine implements Beside {
  readonly #line: Line;
  readonly #tell: Tell;
  readonly #wake: () => void;
  readonly #rounds: Rounds;
  /** Frames requested in the current read, by subscription. */
  #demands = new Map<number, number>();
  /** Frames requested in the latest read, some time before the thread needs them. */
  #asked = NONE;
  /** Whether the requests are being passed on now: frames that arrive during that call are immediate answers. */
  #telling = false;
  /** How many of the requested frames have not arrived yet. */
  #missing = 0;
  #readAt = -Infinity;
  #askedAt = -Infinity;
  #idle = 0;
  /** The write position at the last round. */
  #written = 0;
  #watching = false;
  readonly #told: Told = {
    next: (id, value) => this.#tell.next(id, value),
    demand: (id, frames) => void this.#demands.set(id, (this.#demands.get(id) ?? 0) + frames),
  };

  /** @param wake posts an empty batch */
  constructor({ toHome, toThread }: SharedMemory, rounds: Rounds, tell: Tell, wake: () => void) {
    this.#line = new Line(toThread, toHome);
    this.#rounds = rounds;
    this.#tell = tell;
    this.#wake = wake;
  }

  /** Takes frames that answer a request: the thread is playing, so it reads them in time. */
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
    // The rounds do that.
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
    // Reads what the thread wrote before it saw that nobody watches any more.
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
    // The thread reads only when it writes. If it has not read these records within one round, an empty batch wakes it.
    const unseen = out.behind(this.#written);
    if (unseen) this.#wake();
    this.#idle = this.#read() || unseen ? 0 : this.#idle + 1;
    this.#written = out.written;
    if (this.#idle === MAX_IDLE) this.rest();
  };

  /** Passes demands on last, because the answer to them depends on which frames are known to be sent. @returns whether there was any record */
  #read(): boolean {
    const [before, now] = [this.#readAt, this.#rounds.now()];
    this.#readAt = now;
    this.#asked = NONE;
    const some = this.#line.read(this.#told);
    if (this.#demands.size === 0) return some;
    // A source may run any code while it is read, which may read this memory again: that read fills a new map.
    const demands = this.#demands;
    this.#demands = new Map();
    // Otherwise the thread may have stopped reading, and would not see the frames.
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
    // Reading a clock that is not in the CPU cache is expensive. Usually all frames have arrived at once, and the time is not needed.
    if (this.#missing > 0) this.#askedAt = this.#rounds.now();
  }
}
