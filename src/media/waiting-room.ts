/**
 * Packets of SSRCs that nobody has claimed yet. RTP and opcode 5 travel on different sockets, so that the first packets of a user
 * may overtake the news of whose they are; end-to-end encrypted ones cannot even be opened before.
 */

/** ms that a packet waits: news takes no longer than a round trip or two. */
export const PATIENCE_MS = 1_000;
/** Packets kept for one SSRC: half a second. */
const PACKETS = 25;
/** SSRCs that can wait: what a call has members, and no more, whatever is sent to us. */
const SSRCS = 64;

export class WaitingRoom<T extends { readonly arrival: number }> {
  readonly #waiting = new Map<number, T[]>();

  has(ssrc: number): boolean {
    return this.#waiting.has(ssrc);
  }

  /** Keeps a packet; gives how many were thrown away for it. */
  hold(ssrc: number, packet: T): number {
    const held = this.#waiting.get(ssrc) ?? [];
    const fresh = held.filter(({ arrival }) => packet.arrival - arrival <= PATIENCE_MS).slice(1 - PACKETS);
    // The SSRC that has waited longest makes room: whoever is real speaks again.
    const crowded = held.length === 0 && this.#waiting.size >= SSRCS ? [...this.#waiting.keys()][0] : undefined;
    const evicted = crowded === undefined ? 0 : this.#take(crowded).length;
    this.#waiting.delete(ssrc);
    this.#waiting.set(ssrc, [...fresh, packet]);
    return evicted + held.length - fresh.length;
  }

  /** The packets of an SSRC that somebody has claimed at `now` (ms), oldest first, and how many came too long ago. */
  claim(ssrc: number, now: number): { readonly packets: readonly T[]; readonly late: number } {
    const held = this.#take(ssrc);
    const packets = held.filter(({ arrival }) => now - arrival <= PATIENCE_MS);
    return { packets, late: held.length - packets.length };
  }

  #take(ssrc: number): readonly T[] {
    const held = this.#waiting.get(ssrc) ?? [];
    this.#waiting.delete(ssrc);
    return held;
  }
}
