/** Reports the end of a play once, whatever ends it. */
import { guarded } from '../../edge.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { PlayEnd } from '../../types.js';

/**
 * Counts what is heard of a play, and reports it when the play ends: before the play's last notification, or in the teardown if there is
 * none. So code that reacts to either by beginning the next play has already been told.
 */
export class Heard {
  readonly #onEnd: ((end: PlayEnd) => void) | undefined;
  #samples = 0;
  #frames = 0;
  #told = false;

  constructor(onEnd?: (end: PlayEnd) => void) {
    this.#onEnd = onEnd;
  }

  /** What was heard so far, in ms. */
  get ms(): number {
    return this.#samples / SAMPLES_PER_MS;
  }

  /** A frame of the source was sent. */
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
