/** What is told of a play's end: once, whatever ends it. */
import { guarded } from '../../edge.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { PlayEnd } from '../../types.js';

/**
 * Counts what is heard of a play, and tells it when the play ends. Told before the play's last notification, and by the teardown where there
 * is none: whoever begins the next play upon either has been told.
 */
export class Heard {
  readonly #onEnd: ((end: PlayEnd) => void) | undefined;
  #samples = 0;
  #frames = 0;
  #told = false;

  constructor(onEnd?: (end: PlayEnd) => void) {
    this.#onEnd = onEnd;
  }

  /** So far, in ms. */
  get ms(): number {
    return this.#samples / SAMPLES_PER_MS;
  }

  /** A frame of the source has left. */
  sent(samples: number): void {
    this.#samples += samples;
    this.#frames += 1;
  }

  end(reason: PlayEnd['reason']): void {
    if (this.#told) return;
    this.#told = true;
    guarded(() => this.#onEnd?.({ reason, heard: this.ms, frames: this.#frames }));
  }
}
