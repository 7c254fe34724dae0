/** One item for each SSRC of a stream, bounded whatever packets arrive. */
import { amount, fields, type Check } from '../checks/check.js';

/**
 * Default number of SSRCs. All steps that keep state per SSRC share this limit, so that no step in a chain drops an SSRC that the others still
 * follow.
 */
export const MAX_STREAMS = 256;

/** Idle SSRCs are searched for once in a quarter of the time after which they are forgotten. */
const LOOKS = 4;

/** How much an {@link SsrcTable} remembers. */
export interface SsrcTableOptions {
  /** An SSRC not heard for this long is forgotten; ms. */
  readonly idle: number;
  /** Maximum number of SSRCs. Above it, the one not heard for longest is forgotten. */
  readonly maxStreams: number;
}

/** The checks, for steps that expose these options. */
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
   * @param leave called with each forgotten item, after it was removed from the table
   * @throws VoiceOptionsError for an option that is out of range
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

  /** The item of an SSRC that was heard at `now` (ms). */
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

  /** The item of an SSRC, without counting it as heard; undefined if there is none. */
  peek(ssrc: number): T | undefined {
    return this.#entries.get(ssrc)?.item;
  }

  forEach(visit: (item: T) => void): void {
    for (const { item } of this.#entries.values()) visit(item);
  }

  #forgetIdle(now: number): void {
    // If the clock was set back, the search interval starts again.
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
