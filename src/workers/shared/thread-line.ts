/** The thread's end. It looks as it says something, which it does fifty times a second while it plays: it is not woken for frames. */
import type { Batch } from '../../engine/outbox.js';
import type { WireMessage } from '../../engine/wire.js';
import { Line, type Beside, type SharedMemory } from './line.js';

/** ms that a demand can wait: with less it is posted, as the main thread does not look as often. */
const PATIENT_MS = 200;

export class ThreadLine implements Beside {
  readonly #line: Line;
  readonly #tell: (message: WireMessage) => void;
  readonly #wake: () => void;
  #looking = false;

  /** @param wake posts a batch of nothing */
  constructor({ toHome, toThread }: SharedMemory, tell: (message: WireMessage) => void, wake: () => void) {
    this.#line = new Line(toHome, toThread);
    this.#tell = tell;
    this.#wake = wake;
  }

  takes(message: WireMessage, patience: number): boolean {
    const { out } = this.#line;
    if (message.type === 'demand' && patience < PATIENT_MS) return false;
    // Where nobody looks, the first of it is posted, and then somebody does.
    if (!out.watched || !this.#line.write(message)) return false;
    // It has just stopped looking, and may not have seen this.
    if (!out.watched) this.#wake();
    return true;
  }

  /** In the midst of a tick, whose plays are not to be told anything there. */
  look(): void {
    if (this.#looking || !this.#line.in.waiting) return;
    this.#looking = true;
    queueMicrotask(() => {
      this.#looking = false;
      this.#read();
    });
  }

  posted(): void {
    this.#line.posted();
  }

  arrived(batch: Batch): void {
    this.#line.arrived(batch, this.#tell, () => this.#read());
  }

  rest(): void {
    // It looks as it speaks, and not otherwise.
  }

  #read(): void {
    for (let message = this.#line.read(); message !== undefined; message = this.#line.read()) this.#tell(message);
  }
}
