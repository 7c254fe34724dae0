/** RTP sequence numbers of a stream into which the server puts packets of its own. */
import { uint16Add } from '../../protocol/wrap.js';

/** So many insertions can be told apart from what came late; those before count for everything. */
const REMEMBERED = 256;

/**
 * Makes room: what comes behind an inserted packet moves on by one, and what comes late keeps its place.
 *
 * ```
 * sent        7   8      9        11   10
 * inserted             x                         behind 8
 * forwarded   7   8    9   10     12   11
 * ```
 */
export class Renumbering {
  #highest: number | undefined;
  /** Insertions older than those remembered. */
  #settled = 0;
  /** The sender's numbers behind which something was inserted, in order. */
  readonly #behind: number[] = [];

  /** The number under which the sender's packet goes on. */
  forward(sequence: number): number {
    if (this.#highest === undefined || isAfter(sequence, this.#highest)) this.#highest = sequence;
    let shift = this.#settled;
    for (const behind of this.#behind) if (isAfter(sequence, behind)) shift++;
    return uint16Add(sequence, shift);
  }

  /** A number for a packet of our own, behind all that were forwarded; undefined before the first. */
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

/** Whether `a` is behind `b` in the order of numbers that wrap. */
export function isAfter(a: number, b: number): boolean {
  const ahead = (a - b) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
}
