/**
 * Packets that cannot be delivered yet, by SSRC, the oldest first: the owner of the SSRC is unknown, or the keys are on their way.
 * RTP and the voice gateway use different sockets, so packets may arrive before the messages that they depend on.
 */

/** ms that a packet waits: the message it needs takes a round trip or two at most. */
export const PATIENCE_MS = 1_000;
/** How many SSRCs can wait: as many as a call has members. A bound against floods. */
const SSRCS = 64;
const NONE: readonly never[] = [];

export class WaitingRoom<T extends { readonly ssrc: number; readonly arrival: number }> {
  readonly #packets: number;
  readonly #waiting = new Map<number, T[]>();

  /** @param packets the most packets kept for one SSRC */
  constructor(packets: number) {
    this.#packets = packets;
  }

  /** A copy of the SSRCs that have waiting packets now. */
  get ssrcs(): readonly number[] {
    return this.#waiting.size === 0 ? NONE : [...this.#waiting.keys()];
  }

  /** When the oldest packet arrived; undefined when nothing waits. */
  get oldest(): number | undefined {
    return this.#waiting.size === 0 ? undefined : Math.min(...[...this.#waiting.values()].map(([first]) => first!.arrival));
  }

  has(ssrc: number): boolean {
    return this.#waiting.has(ssrc);
  }

  /** Keeps a packet. Returns those that are dropped for it: too old, too many, or of the SSRC that has waited longest. */
  hold(packet: T): readonly T[] {
    const held = this.#waiting.get(packet.ssrc);
    if (held === undefined) {
      const crowded = this.#waiting.size >= SSRCS ? this.#waiting.keys().next().value : undefined;
      const evicted = crowded === undefined ? NONE : this.take(crowded);
      this.#waiting.set(packet.ssrc, [packet]);
      return evicted;
    }
    let stale = held.length < this.#packets ? 0 : 1;
    while (stale < held.length && packet.arrival - held[stale]!.arrival > PATIENCE_MS) stale += 1;
    held.push(packet);
    return stale === 0 ? NONE : held.splice(0, stale);
  }

  /** Removes and returns the packets of an SSRC. */
  take(ssrc: number): readonly T[] {
    const held = this.#waiting.get(ssrc);
    this.#waiting.delete(ssrc);
    return held ?? NONE;
  }
}

/** Whether a packet that arrived at `arrival` (ms) has waited too long at `now`, or the clock was changed. */
export function outOfPatience(arrival: number, now: number): boolean {
  return Math.abs(now - arrival) >= PATIENCE_MS;
}
