/** RTP sequence numbers of a stream into which the server inserts its own packets. */
import { uint16Add } from '../../protocol/wrap.js';

/** How many insertions are remembered, to number late packets correctly; older insertions shift every packet. */
const REMEMBERED = 256;

/**
 * Makes room: packets after an inserted one move on by one number, and late packets keep their place.
 *
 * ```
 * sent        7   8      9        11   10
 * inserted             x                         behind 8
 * forwarded   7   8    9   10     12   11
 * ```
 */
export class Renumbering {
  #highest: number | undefined;
  /** The number of insertions that are no longer remembered. */
  #settled = 0;
  /** The sender's numbers after which a packet was inserted, in order. */
  readonly #behind: number[] = [];

  /** The forwarded sequence number of the sender's packet. */
  forward(sequence: number): number {
    if (this.#highest === undefined || isAfter(sequence, this.#highest)) this.#highest = sequence;
    let shift = this.#settled;
    for (const behind of this.#behind) if (isAfter(sequence, behind)) shift++;
    return uint16Add(sequence, shift);
  }

  /** A number for a packet of our own, after all forwarded ones; undefined before the first. */
  insert(): number | undefined {
    if (this.#highest === undefined) return undefined;
    this.#behind.push(this.#highest);
    if (this.#behind.length > REMEMBERED) {
      this.#behind.shift();
      this.#settled++;
    }
    return uint16Add(this.#highest, this.#settled + this.#behind.length);
  }
}

/** Whether `a` is after `b`, for numbers that wrap. */
export function isAfter(a: number, b: number): boolean {
  const ahead = (a - b) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
}
