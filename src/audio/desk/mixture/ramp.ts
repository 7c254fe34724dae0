/** A gain that changes without a click. */

/** The curve of a gain from one value to another. */
export type RampCurve = 'smooth' | 'power';

/**
 * One factor of a track's level.
 *
 * - `smooth`: half a cosine, flat at both ends: for volumes, mutes, ducking
 * - `power`: a quarter of a sine or cosine. When one of two unrelated sounds fades in and the other out, the sum of their power stays
 *   constant: for fades and crossfades
 */
export class Ramp {
  #from: number;
  #to: number;
  #curve: RampCurve = 'smooth';
  #length = 0;
  #done = 0;

  constructor(value: number) {
    this.#from = value;
    this.#to = value;
  }

  /** The value that it moves to, or has reached. */
  get target(): number {
    return this.#to;
  }

  get settled(): boolean {
    return this.#done >= this.#length;
  }

  /** The current value. */
  get value(): number {
    return this.settled ? this.#to : this.#at(this.#done);
  }

  /** Moves to another value, from the current one. With a length of 0 it gets there at once. */
  to(target: number, samples: number, curve: RampCurve = 'smooth'): void {
    this.#from = this.value;
    this.#to = target;
    this.#curve = curve;
    this.#length = this.#from === target ? 0 : samples;
    this.#done = 0;
  }

  /** Multiplies gains, one per sample, by its own, and advances. */
  apply(gains: Float32Array): void {
    for (let i = 0; i < gains.length; i++) gains[i]! *= this.settled ? this.#to : this.#at(this.#done++);
  }

  #at(sample: number): number {
    const x = sample / this.#length;
    if (this.#curve === 'smooth') return this.#from + (this.#to - this.#from) * (0.5 - 0.5 * Math.cos(Math.PI * x));
    const half = Math.PI / 2;
    // A sine up and a cosine down, whatever the two values are.
    const risen = this.#to > this.#from ? Math.sin(half * x) : 1 - Math.cos(half * x);
    return this.#from + (this.#to - this.#from) * risen;
  }
}
