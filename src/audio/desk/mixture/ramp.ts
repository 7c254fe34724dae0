/** A gain that moves without a click. */

/** How a gain goes from one value to another. */
export type RampCurve = 'smooth' | 'power';

/**
 * One factor of a track's level.
 *
 * - `smooth`: half a cosine, flat at both ends: for volumes, mutes, ducking
 * - `power`: a quarter of a sine or cosine. Of two sounds that have nothing to do with each other, one in and one out, the power stays
 *   the same: for fades and crossfades
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

  /** Where it goes, or is. */
  get target(): number {
    return this.#to;
  }

  get settled(): boolean {
    return this.#done >= this.#length;
  }

  /** Where it is. */
  get value(): number {
    return this.settled ? this.#to : this.#at(this.#done);
  }

  /** Goes elsewhere, from where it is. Of no length, it is there. */
  to(target: number, samples: number, curve: RampCurve = 'smooth'): void {
    this.#from = this.value;
    this.#to = target;
    this.#curve = curve;
    this.#length = this.#from === target ? 0 : samples;
    this.#done = 0;
  }

  /** Multiplies the gains of so many samples by its own, and moves on. */
  apply(gains: Float32Array): void {
    for (let i = 0; i < gains.length; i++) gains[i]! *= this.settled ? this.#to : this.#at(this.#done++);
  }

  #at(sample: number): number {
    const x = sample / this.#length;
    if (this.#curve === 'smooth') return this.#from + (this.#to - this.#from) * (0.5 - 0.5 * Math.cos(Math.PI * x));
    const half = Math.PI / 2;
    // Up by a sine and down by a cosine, whatever the two ends are.
    const risen = this.#to > this.#from ? Math.sin(half * x) : 1 - Math.cos(half * x);
    return this.#from + (this.#to - this.#from) * risen;
  }
}
