/** Something for each SSRC of a stream: bounded, whatever is sent to us. */
import { amount, fields, type Check } from '../checks/check.js';

/**
 * SSRCs at once, unless told otherwise: one limit for every step that keeps something of each, so that no chain of them has one that
 * throws out who the others still follow.
 */
export const MAX_STREAMS = 256;

/** Who is silent is looked for once in a quarter of the time after which he is forgotten. */
const LOOKS = 4;

/** How much an {@link SsrcTable} remembers. */
export interface SsrcTableOptions {
  /** An SSRC not heard for so long is forgotten; ms. */
  readonly idle: number;
  /** SSRCs at once. At more, the one not heard for longest makes room. */
  readonly maxStreams: number;
}

/** Of options, where somebody is to choose. */
export const SSRC_TABLE = {
  idle: amount('a number of milliseconds, more than 0', Number.MIN_VALUE),
  maxStreams: amount('a number of SSRCs, 1 or more', 1),
} satisfies Readonly<Record<keyof SsrcTableOptions, Check>>;
const checkTable = fields(SSRC_TABLE);

/** Items by SSRC, made when an SSRC is first heard. */
export class SsrcTable<T> {
  readonly #options: SsrcTableOptions;
  readonly #make: (ssrc: number) => T;
  readonly #leave: (item: T) => void;
  readonly #entries = new Map<number, { readonly item: T; heard: number }>();
  #looked = Number.NEGATIVE_INFINITY;

  /**
   * @param leave called with each item that is forgotten, when it is out of the table
   * @throws VoiceOptionsError for an option that is out of its range
   */
  constructor(options: SsrcTableOptions, make: (ssrc: number) => T, leave: (item: T) => void) {
    checkTable('', options);
    this.#options = options;
    this.#make = make;
    this.#leave = leave;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The item of an SSRC that is heard at `now` (ms). */
  hear(ssrc: number, now: number): T {
    this.#forgetIdle(now);
    let entry = this.#entries.get(ssrc);
    if (entry === undefined) {
      if (this.#entries.size >= this.#options.maxStreams) this.#forgetOldest();
      this.#entries.set(ssrc, (entry = { item: this.#make(ssrc), heard: now }));
    }
    entry.heard = now;
    return entry.item;
  }

  /** The item of an SSRC, heard or not; undefined where there is none. */
  peek(ssrc: number): T | undefined {
    return this.#entries.get(ssrc)?.item;
  }

  forEach(visit: (item: T) => void): void {
    for (const { item } of this.#entries.values()) visit(item);
  }

  #forgetIdle(now: number): void {
    // A clock that was set back begins a new count.
    if (now >= this.#looked && now - this.#looked < this.#options.idle / LOOKS) return;
    this.#looked = now;
    for (const [ssrc, { heard }] of this.#entries) if (now - heard >= this.#options.idle) this.#forget(ssrc);
  }

  #forgetOldest(): void {
    let oldest: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [ssrc, { heard }] of this.#entries) {
      if (heard >= least) continue;
      least = heard;
      oldest = ssrc;
    }
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forget(ssrc: number): void {
    const { item } = this.#entries.get(ssrc)!;
    this.#entries.delete(ssrc);
    this.#leave(item);
  }
}
