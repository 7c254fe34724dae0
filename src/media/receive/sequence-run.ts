/**
 * Follows the sequence numbers of one sender: finds lost, duplicate and reordered packets.
 *
 * ```
 * 65534 65535 1 0 0 3   →  next next next reordered duplicate next; lost: 2
 * ```
 *
 * Source: RFC 3550 appendix A.1 and A.3, plus a memory of the last packets, so that a duplicate does not hide a loss.
 */

/** A step ahead of this size or more is not a loss: the sender has restarted. RFC 3550 A.1. */
const MAX_DROPOUT = 3_000;
/** How far behind the highest number a packet is still distinguished from a repeated one: five seconds. */
const WINDOW = 256;
const NONE = -1;

/** What a packet's number says about it. `stray`: far from all others; if its direct successor comes next, a new run begins. */
export type Turn = 'next' | 'reordered' | 'duplicate' | 'stray';

export class SequenceRun {
  /** Numbers are extended by 2^16 for each wrap. They start with one wrap added, so that there is room before the first. */
  #first = NONE;
  #highest = NONE;
  #received = 0;
  #lostBefore = 0;
  #expectedStray = NONE;
  readonly #seen = new Int32Array(WINDOW);

  /** Packets missing in all runs so far. */
  get lost(): number {
    return this.#lostBefore + (this.#highest === NONE ? 0 : this.#highest - this.#first + 1 - this.#received);
  }

  /** Takes the sequence number of a packet that arrived, 16 bits. */
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
    // It was sent before the packet that arrived first.
    if (extended < this.#first) this.#first = extended;
    return 'reordered';
  }

  /** The next packet does not continue the run: nobody listened in between, or it has another SSRC. */
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
