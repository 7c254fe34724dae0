/** How much of a track was heard, and its position. */
import { SAMPLES_PER_MS } from '../../../protocol/silence.js';
import type { TrackPlace } from '../facts.js';

/** Converts milliseconds given by users to whole samples. */
export function samplesOf(ms: number): number {
  return Math.round(ms * SAMPLES_PER_MS);
}

export class Meter {
  readonly #id: string;
  readonly #position: () => number;
  readonly #every: number;
  #heard = 0;
  #told = 0;
  #given = { position: 0, heard: 0 };

  /**
   * @param position where the track is, in samples
   * @param every samples between two `position` facts
   */
  constructor(id: string, position: () => number, every: number) {
    this.#id = id;
    this.#position = position;
    this.#every = every;
    this.mark();
  }

  count(samples: number): void {
    this.#heard += samples;
  }

  /** Everything counted from now on is prepared, and not given yet. */
  mark(): void {
    this.#given = { position: this.#position(), heard: this.#heard };
  }

  /** The position including what is prepared. */
  get place(): TrackPlace {
    return placeOf(this.#id, this.#position(), this.#heard);
  }

  /** The position of what was given. */
  get given(): TrackPlace {
    return placeOf(this.#id, this.#given.position, this.#given.heard);
  }

  /** True once for each `every` samples. */
  get isNews(): boolean {
    if (this.#heard - this.#told < this.#every) return false;
    this.#told += this.#every;
    return true;
  }
}

function placeOf(id: string, position: number, heard: number): TrackPlace {
  return { id, position: position / SAMPLES_PER_MS, heard: heard / SAMPLES_PER_MS };
}
