/**
 * Packets that cannot be given to anybody yet, by SSRC, the oldest first: because nobody has claimed the SSRC, or because the keys are
 * on their way. RTP and the voice gateway travel on different sockets, so that packets may overtake the news that they need.
 */

/** ms that a packet waits: news takes no longer than a round trip or two. */
export const PATIENCE_MS = 1_000;
/** SSRCs that can wait: what a call has members, and no more, whatever is sent to us. */
const SSRCS = 64;
const NONE: readonly never[] = [];

export class WaitingRoom<T extends { readonly ssrc: number; readonly arrival: number }> {
  readonly #packets: number;
  readonly #waiting = new Map<number, T[]>();

  /** @param packets kept for one SSRC at most */
  constructor(packets: number) {
    this.#packets = packets;
  }

  /** The SSRCs of what waits, as of now. */
  get ssrcs(): readonly number[] {
    return this.#waiting.size === 0 ? NONE : [...this.#waiting.keys()];
  }

  /** When the oldest packet came; undefined when nothing waits. */
  get oldest(): number | undefined {
    return this.#waiting.size === 0 ? undefined : Math.min(...[...this.#waiting.values()].map(([first]) => first!.arrival));
  }

  has(ssrc: number): boolean {
    return this.#waiting.has(ssrc);
  }

  /** Keeps a packet; gives those that are thrown away for it: too old, too many, or of the SSRC that has waited longest. */
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

  /** The packets of an SSRC, which wait no longer. */
  take(ssrc: number): readonly T[] {
    const held = this.#waiting.get(ssrc);
    this.#waiting.delete(ssrc);
    return held ?? NONE;
  }
}

/** Whether a packet that came at `arrival` has waited too long at `now` (ms), or the clock was set. */
export function outOfPatience(arrival: number, now: number): boolean {
  return Math.abs(now - arrival) >= PATIENCE_MS;
}
