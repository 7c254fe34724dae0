/** The thread's end. It looks as it says something, which it does fifty times a second while it plays: it is not woken for frames. */
import type { Batch } from '../../engine/outbox.js';
import type { Sent } from '../../engine/sent-run.js';
import { Line, type Beside, type SharedMemory, type Tell } from './line.js';

/** ms that a demand can wait: with less it is posted, as the main thread does not look as often. */
const PATIENT_MS = 200;

/**
 * What is said in one tick is published at its end, since what both threads look at is dear. A thread that is ended within the tick has not said it: of each
 * play one frame.
 */
export class ThreadLine implements Beside {
  readonly #line: Line;
  readonly #tell: Tell;
  readonly #wake: () => void;
  /** Whether something was said in this tick, at whose end it is published and looked. */
  #ending = false;
  /** Whether somebody looked, when that was seen in this tick. */
  #watched = false;

  /** @param wake posts a batch of nothing */
  constructor({ toHome, toThread }: SharedMemory, tell: Tell, wake: () => void) {
    this.#line = new Line(toHome, toThread);
    this.#tell = tell;
    this.#wake = wake;
  }

  /** Where nobody looks, the first of it is posted, and then somebody does. */
  sent(id: number, event: Sent): boolean {
    return this.#isWatched() && this.#line.sent(id, event);
  }

  demand(id: number, frames: number, patience: number): boolean {
    return patience >= PATIENT_MS && this.#isWatched() && this.#line.demand(id, frames);
  }

  frames(): boolean {
    return false;
  }

  /** Not in the midst of a tick, whose plays are not to be told anything there. */
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
    // It has just stopped looking, and may not have seen this.
    if (out.publish() && !out.watched) this.#wake();
  }

  posted(): void {
    this.#line.posted();
  }

  arrived(batch: Batch): void {
    this.#line.arrived(batch, this.#tell.message, () => this.#read());
  }

  rest(): void {
    // It looks as it speaks, and not otherwise.
  }

  #read(): void {
    this.#line.read(this.#tell);
  }
}
