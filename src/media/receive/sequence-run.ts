/**
 * The sequence numbers of one sender as they come: what is missing, came twice, or came after its turn.
 *
 * ```
 * 65534 65535 1 0 0 3   →  next next next reordered duplicate next; lost: 2
 * ```
 *
 * Source: RFC 3550 appendix A.1 and A.3, with a memory of the last packets, so that one that comes twice hides no loss.
 */

/** A step ahead that is larger is no loss but a sender that began anew. RFC 3550 A.1. */
const MAX_DROPOUT = 3_000;
/** How far behind the highest a packet is still told from a repeated one: five seconds. */
const WINDOW = 256;
const NONE = -1;

/** What a packet is by its number. `stray`: far from all the others; a second one right after it begins a new run. */
export type Turn = 'next' | 'reordered' | 'duplicate' | 'stray';

export class SequenceRun {
  /** Numbers are extended by 2^16 for each wrap, and begin with one, so that there is room before the first. */
  #first = NONE;
  #highest = NONE;
  #received = 0;
  #lostBefore = 0;
  #expectedStray = NONE;
  readonly #seen = new Int32Array(WINDOW);

  /** Packets that are missing, in all runs so far. */
  get lost(): number {
    return this.#lostBefore + (this.#highest === NONE ? 0 : this.#highest - this.#first + 1 - this.#received);
  }

  /** A packet came with this sequence number, 16 bits. */
  arrive(sequence: number): Turn {
    if (this.#highest === NONE) return this.#begin(sequence);
    const step = ((sequence - this.#highest) << 16) >> 16;
    if (step >= MAX_DROPOUT || step <= -WINDOW) return this.#stray(sequence);
    this.#expectedStray = NONE;
    const extended = this.#highest + step;
    if (this.#seen[extended % WINDOW] === (extended | 0)) return 'duplicate';
    this.#take(extended);
    if (step > 0) {
      this.#highest = extended;
      return 'next';
    }
    // Overtaken by what was taken for the first.
    if (extended < this.#first) this.#first = extended;
    return 'reordered';
  }

  /** What comes next has nothing to do with what came before: nobody listened in between, or it is another SSRC. */
  interrupt(): void {
    this.#lostBefore = this.lost;
    this.#highest = NONE;
    this.#expectedStray = NONE;
  }

  #begin(sequence: number): Turn {
    this.#seen.fill(0);
    this.#first = this.#highest = sequence + 0x10000;
    this.#received = 0;
    this.#take(this.#first);
    return 'next';
  }

  #stray(sequence: number): Turn {
    if (sequence === this.#expectedStray) {
      this.interrupt();
      return this.#begin(sequence);
    }
    this.#expectedStray = (sequence + 1) & 0xffff;
    return 'stray';
  }

  #take(extended: number): void {
    this.#seen[extended % WINDOW] = extended;
    this.#received += 1;
  }
}
