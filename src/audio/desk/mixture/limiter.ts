/** Keeps a mixture within full scale, without cutting anything off. */
import { CHANNELS } from '../../pcm/pcm.js';

/** How far it looks ahead, in samples: 13.5 ms. With the encoder's own look-ahead of 312 it is a frame of 20 ms. */
export const LIMITER_DELAY = 648;
/** Full scale: what a single sound can be at most is never touched. */
const CEILING = 1;
/** After a peak the gain comes back by so much of what is missing, each sample: 63 % within 100 ms. */
const RELEASE = 1 - Math.exp(-1 / 4_800);
/** Closer to 1 than this is 1: less than half a step of 16 bits. */
const NEARLY = 1 - 1 / 131_072;

/**
 * A look-ahead limiter. What each pair of samples needs in order not to be too loud is held for the look-ahead, let go of slowly, and
 * smoothed over the same look-ahead: so the gain has come down when the peak is there, by a slope and not by a step.
 *
 * ```
 * in        ----^----     a peak
 * needed    ----v----     1 / peak
 * held      v____----     the least of those ahead
 * gain      \____/---     the mean of those held: never above what is needed
 * ```
 * What is never too loud comes out as it went in, to the bit, so many samples later.
 *
 * Source: the sliding minimum of D. Lemire, "Streaming maximum-minimum filter using no more than three comparisons per element" (2006).
 */
export class Limiter {
  /** The samples that wait, as a ring. */
  readonly #waiting = new Float32Array(LIMITER_DELAY * CHANNELS);
  /** What was held for each pair that the mean is taken over, as a ring, and its sum. */
  readonly #held = new Float64Array(LIMITER_DELAY).fill(1);
  #sum = LIMITER_DELAY;
  /** Candidates for the least of the look-ahead, as [time, gain] from the least on; times ascend, and so do gains. */
  #least: { readonly at: number; readonly gain: number }[] = [];
  #gain = 1;
  #time = 0;
  /** Samples in a row that needed nothing, with a gain that had come back. */
  #idle = 2 * LIMITER_DELAY;

  /** Nothing is being made fainter: what comes out is what went in. */
  get idle(): boolean {
    return this.#idle >= 2 * LIMITER_DELAY;
  }

  /** Limits samples in place: what comes out is what went in {@link LIMITER_DELAY} samples before. */
  step(samples: Float32Array): void {
    if (this.idle && !tooLoud(samples)) this.#delay(samples);
    else for (let i = 0; i < samples.length; i += CHANNELS) this.#limit(samples, i);
  }

  /** Forgets what it has. */
  reset(): void {
    this.#waiting.fill(0);
    this.#held.fill(1);
    this.#sum = LIMITER_DELAY;
    this.#least = [];
    this.#gain = 1;
    this.#time = 0;
    this.#idle = 2 * LIMITER_DELAY;
  }

  #delay(samples: Float32Array): void {
    const waiting = this.#waiting;
    let at = (this.#time % LIMITER_DELAY) * CHANNELS;
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i]!;
      samples[i] = waiting[at]!;
      waiting[at] = sample;
      if (++at === waiting.length) at = 0;
    }
    this.#time += samples.length / CHANNELS;
  }

  #limit(samples: Float32Array, i: number): void {
    const time = this.#time++;
    const slot = time % LIMITER_DELAY;
    const peak = Math.max(Math.abs(samples[i]!), Math.abs(samples[i + 1]!));
    const needed = peak > CEILING ? CEILING / peak : 1;
    const least = this.#leastOf(time, needed);
    this.#gain = least < this.#gain ? least : Math.min(least, this.#gain + (1 - this.#gain) * RELEASE);
    if (this.#gain > NEARLY && least === 1) this.#gain = 1;
    this.#sum += this.#gain - this.#held[slot]!;
    this.#held[slot] = this.#gain;
    this.#idle = this.#gain === 1 ? this.#idle + 1 : 0;
    if (this.idle) this.#sum = LIMITER_DELAY;
    const gain = Math.min(1, this.#sum / LIMITER_DELAY);
    for (let side = 0; side < CHANNELS; side++) {
      const sample = samples[i + side]!;
      const late = this.#waiting[slot * CHANNELS + side]! * gain;
      // The sum is one of floats: the last half step is cut.
      samples[i + side] = late > CEILING ? CEILING : late < -CEILING ? -CEILING : late;
      this.#waiting[slot * CHANNELS + side] = sample;
    }
  }

  /** The least gain needed by the pairs from the one that comes out now up to this one. */
  #leastOf(time: number, gain: number): number {
    const least = this.#least;
    if (gain < 1) {
      while (least.length > 0 && least.at(-1)!.gain >= gain) least.pop();
      least.push({ at: time, gain });
    }
    while (least.length > 0 && least[0]!.at < time - LIMITER_DELAY) least.shift();
    return least[0]?.gain ?? 1;
  }
}

function tooLoud(samples: Float32Array): boolean {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (sample > CEILING || sample < -CEILING) return true;
  }
  return false;
}
