/** The current position of one play. */
import { FRAME_MS } from '../../protocol/silence.js';
import type { PlayEvent } from '../../types.js';

/** The longest duration of an Opus packet, in ms. */
const MAX_FRAME_MS = 120;

export class Track {
  readonly source: string;
  readonly #start: number;
  #frames: number;
  #frameAt = 0;
  #next = 0;

  /**
   * @param start where the play begins, in ms from the start of the media
   * @param frames the number of its frames that were sent before
   */
  constructor(source: string, start: number, frames: number) {
    this.source = source;
    this.#start = start;
    this.#frames = frames;
  }

  /** Where the next frame begins, in ms from the start of the media. */
  get at(): number {
    return this.#start + this.#next;
  }

  get frames(): number {
    return this.#frames;
  }

  /** Assumes that the frame is as long as the previous one, whose length is the distance between their positions. */
  sent({ position }: Extract<PlayEvent, { readonly type: 'sent' }>): void {
    const before = position - this.#frameAt;
    this.#frameAt = position;
    this.#next = position + (before > 0 && before <= MAX_FRAME_MS ? before : FRAME_MS);
    this.#frames += 1;
  }
}
