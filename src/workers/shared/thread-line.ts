/** The worker thread's end of the shared memory. It reads when it writes, fifty times a second while it plays, so it is not woken for frames. */
import type { Batch } from '../../engine/outbox.js';
import type { Sent } from '../../engine/sent-run.js';
import { Line, type Beside, type SharedMemory, type Tell } from './line.js';

/** ms. A demand that cannot wait so long is posted, because the main thread does not read that often. */
const PATIENT_MS = 200;

/**
 * Records of one tick are published at its end, because access to memory that both threads use is expensive. If the thread is ended within the tick, they
 * are lost: one frame of each play.
 */
export class ThreadLine implements Beside {
  readonly #line: Line;
  readonly #tell: Tell;
  readonly #wake: () => void;
  /** Whether something was written in this tick; if so, the end of the tick publishes and reads. */
  #ending = false;
  /** Whether the main thread was seen to read periodically in this tick. */
  #watched = false;

  /** @param wake posts an empty batch */
  constructor({ toHome, toThread }: SharedMemory, tell: Tell, wake: () => void) {
    this.#line = new Line(toHome, toThread);
    this.#tell = tell;
    this.#wake = wake;
  }

  /** If the main thread does not read periodically, the event is posted; the main thread then begins to read. */
  sent(id: number, event: Sent): boolean {
    return this.#isWatched() && this.#line.sent(id, event);
  }

  demand(id: number, frames: number, patience: number): boolean {
    return patience >= PATIENT_MS && this.#isWatched() && this.#line.demand(id, frames);
  }

  frames(): boolean {
    return false;
  }

  /** Reads at the end of the tick: plays must not be told anything in the middle of it. */
  look(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#watched = false;
    this.#line.out.look();
    queueMicrotask(this.#end);
  }

  #isWatched(): boolean {
    this.look();
    return (this.#watched ||= this.#line.out.watched);
  }

  readonly #end = (): void => {
    this.#ending = false;
    this.publish();
    this.#read();
  };

  publish(): void {
    const { out } = this.#line;
    // The main thread has just stopped reading, and may have missed this.
    if (out.publish() && !out.watched) this.#wake();
  }

  posted(): void {
    this.#line.posted();
  }

  arrived(batch: Batch): void {
    this.#line.arrived(batch, this.#tell.message, () => this.#read());
  }

  rest(): void {
    // Nothing to stop: this side reads only when it writes.
  }

  #read(): void {
    this.#line.read(this.#tell);
  }
}
