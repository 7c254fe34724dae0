/**
 * Remembers which sequence numbers of one SSRC have arrived, so a packet that is sent a thousand times is heard once. RFC 3711 section 3.3.2,
 * without its rollover counter, which plain RTP does not carry.
 *
 * ```
 * behind the window │ window: a bit a packet │ newest │ up to 3 000 ahead │ far
 * refused           │ heard once             │        │ the window moves  │ refused, unless a new run
 * ```
 */

/** Packets behind the newest that are distinguished from copies, 20 s. A power of two, so a number keeps its bit over the wrap of 16 bits. */
export const REPLAY_WINDOW = 1_024;
/** A larger step ahead is not a loss but a new run. RFC 3550 appendix A.1. */
export const MAX_AHEAD = 3_000;
/** So many packets outside the window, each slightly ahead of the one before, with none of the old run between them, are a sender's new run. */
export const RESTART = 25;
/** The largest step that counts as slightly ahead. */
const MAX_GAP = 100;
const NONE = -1;

export class ReplayWindow {
  #newest = NONE;
  readonly #seen = new Uint32Array(REPLAY_WINDOW / 32);
  #interrupted = false;
  #strays = 0;
  #lastStray = NONE;

  /** Takes the sequence number of an authentic packet, 16 bits. Returns whether it is the first packet with this number. */
  first(sequence: number): boolean {
    if (this.#newest === NONE) return this.#begin(sequence);
    const step = distance(this.#newest, sequence);
    if (step > MAX_AHEAD || step <= -REPLAY_WINDOW) return this.#stray(sequence);
    if (step > 0) this.#move(step);
    return this.#mark(sequence);
  }

  /** Packets pass unexamined: the next one may have any number, except those that arrived already. */
  interrupt(): void {
    this.#interrupted = true;
  }

  #begin(sequence: number): boolean {
    this.#seen.fill(0);
    this.#newest = sequence;
    return this.#mark(sequence);
  }

  #move(step: number): void {
    if (step >= REPLAY_WINDOW) this.#seen.fill(0);
    else for (let ahead = 1; ahead <= step; ahead += 1) this.#clear(this.#newest + ahead);
    this.#newest = (this.#newest + step) & 0xffff;
  }

  #clear(sequence: number): void {
    const bit = sequence % REPLAY_WINDOW;
    this.#seen[bit >>> 5]! &= ~(1 << (bit & 31));
  }

  #mark(sequence: number): boolean {
    const bit = sequence % REPLAY_WINDOW;
    const mask = 1 << (bit & 31);
    if ((this.#seen[bit >>> 5]! & mask) !== 0) return false;
    this.#seen[bit >>> 5]! |= mask;
    this.#interrupted = false;
    this.#strays = 0;
    return true;
  }

  /** Either a repeated old packet, or a sender that restarted: its packets follow each other, but packets of the old run come between old copies. */
  #stray(sequence: number): boolean {
    if (this.#interrupted) return this.#begin(sequence);
    const step = distance(this.#lastStray, sequence);
    if (this.#strays > 0 && step === 0) return false;
    this.#strays = this.#strays > 0 && step > 0 && step <= MAX_GAP ? this.#strays + 1 : 1;
    this.#lastStray = sequence;
    return this.#strays >= RESTART && this.#begin(sequence);
  }
}

/** How far `to` is ahead of `from`, over the wrap: -32 768 to 32 767. */
function distance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}
