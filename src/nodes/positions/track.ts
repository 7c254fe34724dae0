/** How far one play has come. */
import { FRAME_MS } from '../../protocol/silence.js';
import type { PlayEvent } from '../../types.js';

/** No Opus packet is longer, in ms. */
const MAX_FRAME_MS = 120;

export class Track {
  readonly source: string;
  readonly #start: number;
  #frames: number;
  #frameAt = 0;
  #next = 0;

  /**
   * @param start where it begins, in ms from the start of the media
   * @param frames those that were sent of it before
   */
  constructor(source: string, start: number, frames: number) {
    this.source = source;
    this.#start = start;
    this.#frames = frames;
  }

  /** Where the frame that is due next begins. */
  get at(): number {
    return this.#start + this.#next;
  }

  get frames(): number {
    return this.#frames;
  }

  /** A frame is as long as the one before it, which its place tells. */
  sent({ position }: Extract<PlayEvent, { readonly type: 'sent' }>): void {
    const before = position - this.#frameAt;
    this.#frameAt = position;
    this.#next = position + (before > 0 && before <= MAX_FRAME_MS ? before : FRAME_MS);
    this.#frames += 1;
  }
}
